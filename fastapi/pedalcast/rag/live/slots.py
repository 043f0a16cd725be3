"""What a question about stations asks for, as slots: what, how many, how far, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass

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
    r"말고|빼고|제외|\bnot there\b|\bother than\b|\bexcept\b|\bbesides\b|\bapart from\b", ignore_case=True
)
_RADIUS = linear(r"(\d{1,5}(?:\.\d)?)\s?(km|킬로|m\b|m[ 안이내]|미터|met(?:er|re)s?\b)", ignore_case=True)
_NUMBER = r"(\d{1,2}|two|three|four|five|six|둘|셋|넷|다섯|두|세|네)"
_AT_LEAST = tuple(
    linear(pattern, ignore_case=True)
    for pattern in (
        rf"\b(?:at least|need|want|get|for|room for) {_NUMBER}\b",
        rf"{_NUMBER}\s?(?:of us|people|riders|friends|bikes|docks|spaces)\b",
        rf"(?:^|\s){_NUMBER}\s?(?:명|이서|대\s?(?:이상|필요|빌|있)|개\s?(?:이상|필요))",
    )
)


@dataclass(frozen=True, slots=True)
class LiveSlots:
    """`docks` instead of bikes; `electric` bikes; at least so many; within `radius` metres; `nearest` to the rider;
    `excluded`: the named station is not to be offered."""

    docks: bool = False
    electric: bool = False
    at_least: int = 1
    radius: int | None = None
    nearest: bool = False
    excluded: bool = False


def parse_slots(question: str) -> LiveSlots:
    """The slots of a question; what it does not say has its default."""
    return LiveSlots(
        docks=bool(_DOCKS.search(question)),
        electric=bool(_ELECTRIC.search(question)),
        at_least=_at_least(question),
        radius=_radius(question),
        nearest=asks_nearest(question),
        excluded=bool(_EXCLUDED.search(question)),
    )


def asks_nearest(question: str) -> bool:
    """Whether it asks for what is near, wherever that is."""
    return bool(_NEAREST.search(question))


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
