"""Splits a streamed answer into text and citation markers. The result does not depend on how the stream is cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pedalcast.rag.text.linear_regex import linear

_OPEN = {"[": "]", "【": "】", "［": "］"}
_MARK = linear(r"\s*\^?\d{1,4}(?:\s*[,;–-]\s*\^?\d{1,4})*\s*(?:†.*)?")
_RANGE = linear(r"(\d+)\s*[–-]\s*\^?(\d+)")
_LONGEST_MARK = 40
_LONGEST_LINK = 400
_URL = re.compile(r"(?:https?|ftp|javascript|data):[^\s<>\"')\]]+|www\.[^\s<>\"')\]]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A run of text without white space, or a run of white space."""

    text: str


@dataclass(frozen=True, slots=True)
class CitationMark:
    """A citation marker: `[1]`, `[1, 3]`, `[2-4]`, `【1】` or `[^1]`, its numbers as the model wrote them."""

    numbers: tuple[int, ...]


Piece = TextPiece | CitationMark


class CitationMarkerParser:
    """Splits a stream into pieces. Words are returned when complete; addresses that `allowed` refuses become "…"."""

    def __init__(self, allowed: Callable[[str], bool]) -> None:
        self._allowed = allowed
        self._held = ""  # an open bracket and what follows, or a marker that may be a link's text
        self._word = ""
        self.refused: list[str] = []

    def feed(self, text: str) -> Iterator[Piece]:
        for char in text:
            yield from self._char(char)

    def finish(self) -> Iterator[Piece]:
        held, self._held = self._held, ""
        if mark := _mark(held):
            yield from self._end_word()
            yield mark
        else:
            self._word += held
        yield from self._end_word()

    def _char(self, char: str) -> Iterator[Piece]:
        if self._held:
            yield from self._in_bracket(char)
        elif char in _OPEN:
            self._held = char
        elif char.isspace():
            yield from self._end_word()
            yield TextPiece(char)
        else:
            self._word += char

    def _in_bracket(self, char: str) -> Iterator[Piece]:
        """Buffer while the bracket may still become a marker, or the marker a link with a target."""
        held = self._held + char
        if _whole(self._held):
            yield from self._behind_mark(char)
        elif char == _OPEN[held[0]] or (_possible(held[1:]) and len(held) <= _LONGEST_MARK):
            self._held = held
            if char == _OPEN[held[0]] and _mark(held) is None:
                self._held, self._word = "", self._word + held
        else:
            self._held, self._word = "", self._word + held[:-1]
            yield from self._char(char)

    def _behind_mark(self, char: str) -> Iterator[Piece]:
        """After a complete marker: `(` opens a link target, which is dropped; anything else returns the marker."""
        if char == "(" and "(" not in self._held:
            self._held += char
            return
        if "(" in self._held and char != ")" and not char.isspace() and len(self._held) < _LONGEST_LINK:
            self._held += char
            return
        marker, _, target = self._held.partition("(")
        self._held = ""
        yield from self._end_word()
        if mark := _mark(marker):
            yield mark
        is_link = char == ")" and (not target or _URL.match(target) or target[0] in "/#")
        if not is_link:
            opened = "(" if target else ""
            for rest in opened + target + char:
                yield from self._char(rest)

    def _end_word(self) -> Iterator[Piece]:
        word, self._word = self._word, ""
        if word:
            yield TextPiece(_URL.sub(self._address, word))

    def _address(self, found: re.Match[str]) -> str:
        address = found.group()
        if self._allowed(address.rstrip(".,;:!?")):
            return address
        self.refused.append(address)
        return "…"


def _whole(held: str) -> bool:
    """Whether the buffered text begins with a closed bracket."""
    return _OPEN.get(held[:1], "\0") in held


def _possible(inside: str) -> bool:
    return re.fullmatch(r"[\d\s,;^–-]*(?:†.*)?", inside) is not None


def _mark(held: str) -> CitationMark | None:
    closing = _OPEN.get(held[:1], "\0")
    inside, found, _ = held[1:].partition(closing)
    if not found or not _MARK.fullmatch(inside):
        return None
    numbers: list[int] = []
    for part in re.split(r"[,;]", inside.partition("†")[0]):
        span = _RANGE.search(part)
        low, high = (int(span[1]), int(span[2])) if span else (int(part.strip(" ^")), int(part.strip(" ^")))
        numbers += range(low, min(high, low + 20) + 1)
    return CitationMark(tuple(numbers))
