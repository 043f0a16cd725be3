"""What a question about stations asks for, as slots: what, how many, how far, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pedalcast.rag.live.availability import Thing
from pedalcast.rag.text.linear_regex import linear
from pedalcast.rag.text.quantities import ENGLISH, KOREAN

_DOCKS = linear(
    r"반납|거치대|주차|자리|빈\s?공간|세[울우워]|놓을|놓고|꽂[을아]|두고\s?(?:갈|가)|둘\s?(?:데|곳|수)|\bdocks?\b|\breturn|"
    r"\bpark (?:it|my|the|a|here)\b|\b(?:to|can i|could i) park\b|\bparking\b|\bdrop(?:ping)? (?:\w+ ){0,3}off\b|"
    r"\bleave (?:it|the bike|my bike|a bike|this)\b|\b(?:spaces?|spots?)\b",
    ignore_case=True,
)
_ELECTRIC = linear(r"전기\s?자전거|전동|\be-?bikes?\b|\belectric\b", ignore_case=True)
_NEAREST = linear(
    r"가까운|근처|주변|부근|인근|여기서|내\s?위치|"
    r"\bnear(?:by|est)?\b|\bclos(?:e by|est|e to me)\b|\baround (?:here|me)\b",
    ignore_case=True,
)
_EXCLUDED = linear(
    r"말고|빼고|제외|아닌|\b(?:but )?not (?:there|at|in)\b|\bbut not\b|\bother than\b|\bexcept\b|\bbesides\b|"
    r"\bapart from\b|\binstead of\b|\bavoid",
    ignore_case=True,
)
_YES_OR_NO = linear(
    r"있[어나니을는]|있습니까|없[어나니을는]|남[았아]\S*(?:나|어|까|니)|가능|될까|되[나니]|돼\S*[?？]|할\s?수|비었|꽉|가득|"
    r"^\W*(?:is|are|does|do|can|could|will|would|any|anything)\b|\b(?:any|enough|empty|full|left|free)\b.*[?？]",
    ignore_case=True,
)
_AMOUNT = linear(r"몇|얼마나|\bhow (?:many|much|full|empty)\b|어디|\bwhere\b|\bwhich\b", ignore_case=True)
_EMPTY = linear(r"없[어나니을는]|비었|텅|\bempty\b|\bout of\b|\bno (?:bikes?|docks?)\b", ignore_case=True)
_FULL = linear(r"꽉|가득|만차|\bfull\b", ignore_case=True)
ExpectedReply = Literal["", "some", "none"]
_RADIUS = linear(r"(\d{1,5}(?:\.\d)?)\s?(km|킬로|m\b|m[ 안이내]|미터|met(?:er|re)s?\b)", ignore_case=True)
_NUMBER = r"(\d{1,2}|two|three|four|five|six|둘|셋|넷|다섯|두|세|네)"
_AT_LEAST = tuple(
    linear(pattern, ignore_case=True)
    for pattern in (
        rf"\b(?:at least|need|want|get|for|room for) {_NUMBER}\b",
        rf"{_NUMBER}\s?(?:of us|people|riders|friends|bikes|docks|spaces)\b",
        rf"(?:^|\s){_NUMBER}\s?(?:명|이서|대\s?(?:이상|필요|빌|있|남|탈|구)|개\s?(?:이상|필요))",
    )
)


@dataclass(frozen=True, slots=True)
class LiveSlots:
    """`docks` instead of bikes; `electric` bikes; at least so many; within `radius` metres; `nearest` to the rider;
    `excluded`: the named station is not to be offered. `expects`: of a question for yes or no, whether yes means that
    there is some of it or none ("empty?", "full?"); "" of others."""

    docks: bool = False
    electric: bool = False
    at_least: int = 1
    radius: int | None = None
    nearest: bool = False
    excluded: bool = False
    expects: ExpectedReply = ""

    @property
    def thing(self) -> Thing:
        """What is asked for: an electric bike to be returned needs a dock like any other."""
        return Thing.DOCKS if self.docks else Thing.EBIKES if self.electric else Thing.BIKES


def parse_slots(question: str) -> LiveSlots:
    """The slots of a question; what it does not say has its default."""
    full = bool(_FULL.search(question))
    return LiveSlots(
        docks=full or bool(_DOCKS.search(question)),
        electric=bool(_ELECTRIC.search(question)),
        at_least=_at_least(question),
        radius=_radius(question),
        nearest=asks_nearest(question),
        excluded=bool(_EXCLUDED.search(question)),
        expects=_expects(question, full=full),
    )


def asks_nearest(question: str) -> bool:
    """Whether it asks for what is near, wherever that is."""
    return bool(_NEAREST.search(question))


def _expects(question: str, *, full: bool) -> ExpectedReply:
    if _AMOUNT.search(question) or not _YES_OR_NO.search(question):
        return ""
    return "none" if full or _EMPTY.search(question) else "some"


def _at_least(question: str) -> int:
    for pattern in _AT_LEAST:
        if match := pattern.search(question):
            word = match.group(1).lower()
            value = int(word) if word.isdigit() else int(ENGLISH.get(word) or KOREAN.get(word) or 1)
            return max(1, min(value, 99))
    return 1


def _radius(question: str) -> int | None:
    match = _RADIUS.search(question)
    if match is None:
        return None
    return round(float(match.group(1)) * (1000 if match.group(2).lower().startswith(("k", "킬")) else 1))
