"""What remains of a question when everything but the place is taken away."""

from __future__ import annotations

from collections.abc import Iterable

from pedalcast.rag.live.station_names import is_hangul, plain
from pedalcast.rag.text.linear_regex import linear

_SERVICE = linear(
    r"자전거|따릉이|대여소|정류[소장]|스테이션|거치대|반납|대여|빌[리릴려]\S*|타[고려]\S*|탈\s?수|몇\s?대\S*|몇\s?개\S*|대수|"
    r"있\S*|없\S*|남[아았는]\S*|될까\S*|되[나요니]\S*|지금|현재|방금|오늘|이따가?|곧|잠시|조금|나중에?|혹시|아직도?|"
    r"어디\S*|다른\s?곳\S*|근처\S*|주변\S*|부근\S*|가까운|인근\S*|가장|제일|그리고|아니면|그럼|좀|수\s|자리\S*|빈\s|비어\S*|"
    r"알려\S*|말해\S*|확인\S*|보여\S*|궁금\S*|얼마나|할까\S*|예측\S*|예상\S*|확률\S*|가능\S*|상태\S*|상황\S*|현황\S*|"
    r"여기\S*|저기\S*|거기\S*|내\s|우리|도착\S*|전기|일반|뒤에?는?|후에?는?|이후\S*|쯤\S*|정도\S*|에서는?|에는|까지|"
    r"내일\S*|오전|오후|아침|저녁|밤|새벽|정오|시간|있을까\S*|몇|대는|대가|역은"
)
_FUNCTION_WORDS = """
a an the is are was be been being will would can could do does did have has had there their it its this that these
those i me my we you your at in on of to for from by with and or but if when where what which who how many much any
some still just now right currently today tonight soon later minute minutes min mins hour hours half quarter o'clock
am pm bike bikes bicycle bicycles cycle cycles ebike ebikes electric dock docks free empty full available availability
left rent return park station stations stop stops near nearby nearest closest close around next one two three four
five six seven eight nine ten fifteen twenty thirty forty fifty sixty please tell show give check find get take grab
pick drop leave else other another also chance chances likely probability probable forecast expected expect going go
ride riding want need there's what's whats let know see look status number no not so then about as like far walk away
place spot spots space spaces anywhere somewhere here tomorrow morning evening night noon after before until till
between within arrive different same elsewhere
"""
_KIND_WORDS = frozenset({"park", "station"})  # of names, though they are service words too
_ENGLISH = frozenset(_FUNCTION_WORDS.split())
_PARTICLE = linear(
    r"(?:에서는|에서도|에서|에는|에도|으로는|으로|까지|부터|이랑|하고|이나|라도|에게|에|은|는|이|가|을|를|의|와|과|도|만|로|요|야)$"
)
_TIME = linear(
    r"\d+\s*(?:분|시간|시|일|대|개)\S*|(?:한|두|세|네|반)\s?시간\S*|(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두)\s?시\S*|"
    r"\d+\s*(?:minutes?|mins?|hours?|hrs?|am|pm|a\.m\.|p\.m\.)\b|\d{1,2}:\d{2}",
    ignore_case=True,
)


_EXIT = linear(r"(\d{1,2})\s?번\s?출구|\bexit\s?#?(\d{1,2})\b", ignore_case=True)


def place_candidates(question: str) -> list[str]:
    """The words that may name a place: no service words, times, particles or function words."""
    text = _SERVICE.sub(" ", plain(_TIME.sub(" ", question)) + " ")
    kept = []
    for token in text.split():
        word = _PARTICLE.sub("", token) if is_hangul(token) and len(token) > 2 else token
        if len(word) > 1 and word not in _ENGLISH and not word.isdigit():
            kept.append(word)
    return kept


def other_exit(question: str, names: Iterable[str]) -> str:
    """The place that was said, where it has an exit's number and what bears these names is at other exits; else "".

    >>> other_exit("any bikes at Hapjeong exit 9?", ["Hapjeong Stn. Exit 1"])
    'hapjeong exit 9'
    """
    said = _EXIT.search(question)
    there = {match.group(1) or match.group(2) for name in names for match in _EXIT.finditer(name)}
    if said is None or not there or (said.group(1) or said.group(2)) in there:
        return ""
    return f"{text_without_place(question[: said.start()])} {said.group()}".strip()


def mention_words(question: str) -> list[str]:
    """The words that may be part of a name, kinds of places ("park", "library") included."""
    return [*place_candidates(question), *(word for word in plain(question).split() if word in _KIND_WORDS)]


def text_without_place(question: str) -> str:
    """The place a question seems to name; empty where it names none."""
    return " ".join(place_candidates(question))
