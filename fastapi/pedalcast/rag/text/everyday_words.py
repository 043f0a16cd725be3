"""Words that riders use for what the texts call otherwise: the texts' word is searched for in their place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pedalcast.rag.text.linear_regex import linear

_WORDS = {
    "ko": (
        (r"빵꾸", "펑크"),
        (r"비번|패스워드", "비밀번호"),
        (r"헬멧|헬맷", "안전모"),
        (r"핸드폰|핸폰|스마트폰", "휴대폰"),
        (r"어플", "앱"),
        (r"밧데리|빳데리", "배터리"),
        (r"큐알", "QR"),
        (r"까먹", "잊"),
        (r"환급", "환불"),
        (r"의자", "안장"),
        (r"파킹", "주차"),
        (r"라이트", "전조등"),
        (r"강아지|고양이|댕댕이|반려견", "반려동물"),
        (r"워크샵", "워크숍"),
    ),
    "en": (
        (r"(?:bring|take|give|hand|put) (?:it|the bike|them|this) back", "return it"),
        (r"(?:bring|take|give|hand|put) back (?:the bike|a bike|my bike)", "return the bike"),
        (r"tires?", "tyre"),
        (r"sidewalks?", "pavement"),
        (r"(?:pass ?word|passwrd|pasword|pwd?|pw)", "password"),
        (r"cell ?phones?|cells?|smartphones?", "phone"),
        (r"(?:a )?(?:human|real person|live person|someone real)", "customer service"),
        (
            (
                r"(?:fines?|penalt(?:y|ies)|fees?|charges?) (?:for|of) (?:a |being )?late(?: returns?)?"
                r"|late (?:return )?(?:fines?|penalt(?:y|ies))"
            ),
            "extra charge for a late return",
        ),
        (r"hire", "rent"),
        (r"lamps?", "lights"),
        (r"dogs?|cats?|pupp(?:y|ies)", "pet"),
    ),
}
# What riders say in one language amid the other: English words and Korean ones; the first in the texts is sought
_TERMS = (
    (("day pass", r"(?:one|1)[- ]day (?:pass|ticket)", r"daily pass"), ("하루권", "1일권", "일일권")),
    (("annual pass", r"year(?:ly)? pass"), ("연간 정기권", "연간권", "1년권", "일년권")),
    (("monthly pass", r"month pass", r"30[- ]day pass"), ("한 달 정기권", "한달권", "30일권", "월권")),
    (("season pass", r"passe?s?", "tickets?"), ("정기권", "이용권")),
    (("extra charge", r"late fees?", "overtime"), ("초과 요금", "추가요금", "추가 요금", "연체료")),
    (("price", "prices", "fares?", "fees?", "cost"), ("요금", "가격", "비용")),
    (("refund", "refunds"), ("환불",)),
    (("discount", "discounts"), ("할인",)),
    (("coupon", "vouchers?"), ("쿠폰",)),
    (("receipt",), ("영수증",)),
    (("payment", "pay"), ("결제",)),
    (("card",), ("카드",)),
    (("helmet", "helmets"), ("안전모", "헬멧")),
    (("have to", "mandatory", "required", "compulsory"), ("써야", "의무", "필수")),
    (("licence", "licenses?", "licences"), ("면허",)),
    (("insurance",), ("보험",)),
    (("accident",), ("사고",)),
    (("app",), ("앱", "어플")),
    (("crash", r"crash(?:es|ed|ing)", r"freez(?:es|ing)|frozen"), ("튕기", "멈추")),
    (("error", "errors", "bug"), ("오류", "에러")),
    (("password",), ("비밀번호", "비번")),
    (("account",), ("계정",)),
    (("sign in", r"log ?in"), ("로그인",)),
    (("phone",), ("휴대폰", "핸드폰")),
    (("customer service", r"customer cent(?:er|re)", "helpline"), ("고객센터",)),
    (("lost item", r"lost (?:and|&) found", "lost property"), ("분실물",)),
    (("station", "stations"), ("대여소",)),
    (("dock", "docks"), ("거치대",)),
    (("e-bike", r"e-?bikes?", r"electric bikes?"), ("전기자전거",)),
    (("bike", "bikes", "bicycles?"), ("자전거",)),
    (("return",), ("반납",)),
    (("rent", "rental"), ("대여",)),
    (("lock",), ("자물쇠", "잠금")),
    (("tyre", "tires?", "flat"), ("타이어", "펑크")),
    (("brake", "brakes"), ("브레이크",)),
    (("chain",), ("체인",)),
    (("saddle", "seat"), ("안장",)),
    (("basket",), ("바구니",)),
    (("lights",), ("전조등",)),
    (("battery",), ("배터리",)),
    (("reserve", "booking", "reservation"), ("예약",)),
    (("child", "kids?", "children"), ("어린이", "아이")),
    (("free",), ("무료",)),
)
# The city's own name for its bikes says nothing more than "bike", but for where the data come from
_NICKNAMES = {"ko": (linear("따릉이"), "자전거"), "en": (linear(r"\bttareungyi\b", ignore_case=True), "bike")}
_ABOUT_DATA = linear(
    r"데이터|자료|출처|공개|bikeList|\bAPI\b|\bdata\b|\bsource|Pedalcast|페달캐스트|서울", ignore_case=True
)
_PARTICLE = "(?:은|는|이|가|을|를|의|도|에서|에|로|으로|와|과)?"
_PATTERNS = {
    lang: tuple(
        (linear(rf"\b(?:{pattern})\b" if lang == "en" else rf"(?:{pattern})", ignore_case=True), word)
        for pattern, word in words
    )
    for lang, words in _WORDS.items()
}


_FOREIGN = {
    "ko": tuple((linear(rf"\b(?:{'|'.join(english)})\b", ignore_case=True), korean) for english, korean in _TERMS),
    "en": tuple((linear(f"(?:{'|'.join(korean)}){_PARTICLE}"), english[:1]) for english, korean in _TERMS),
}
_IN_THE_OTHER = {"ko": linear("[A-Za-z]{2}"), "en": linear("[가-힣]")}


def plain_words(question: str, lang: str, has_word: Callable[[str], bool]) -> str:
    """The question with everyday words replaced, each only where the bot's texts have the other word and not this one.

    A phrase of several words is replaced wherever the texts have the other: each of its words may stand in them.

    >>> plain_words("is the tire flat?", "en", lambda word: word == "tyre")
    'is the tyre flat?'
    """
    if lang in _NICKNAMES and not _ABOUT_DATA.search(question):
        nickname, thing = _NICKNAMES[lang]
        question = nickname.sub(partial(_replacement, thing), question) if has_word(thing) else question
    for pattern, word in _PATTERNS.get(lang, ()):
        match = pattern.search(question)
        if match is None or match.group().lower() == word.lower() or not has_word(word):
            continue
        if " " in match.group() or not has_word(match.group()):
            question = pattern.sub(partial(_replacement, word), question)
    return _in_one_language(question, lang, has_word)


def _in_one_language(question: str, lang: str, has_word: Callable[[str], bool]) -> str:
    """Words of the other language replaced by those of `lang` that the texts have ("day pass 얼마예요?")."""
    if lang not in _FOREIGN or not _IN_THE_OTHER[lang].search(question):
        return question
    for pattern, words in _FOREIGN[lang]:
        match = pattern.search(question)
        if match is None or (lang == "ko" and has_word(match.group())):
            continue
        word = next((word for word in words if has_word(word)), None)
        if word is not None:
            question = pattern.sub(partial(_replacement, word if lang == "ko" else f" {word} "), question)
    return question


def _replacement(word: str, _: object) -> str:
    """A function, as RE2's binding garbles a replacement text that is not ASCII."""
    return word
