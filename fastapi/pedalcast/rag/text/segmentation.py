"""Language by script, and sentences with their offsets, Korean and English."""

from __future__ import annotations

import re

from pedalcast.rag.text.linear_regex import linear

_HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
_LETTER = re.compile(r"[^\W\d_]")

# A sentence may end at these marks, with quotes and brackets closing behind them.
_END = re.compile(r"[.!?。?!…]+[\"'”’»)\]」』】〉》]*")
_OPENER = re.compile(r"[\"'“‘«(\[「『【〈《]*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|No|Fig|Figs|Eq|Inc|Ltd|Co|Corp|Gen|Col|Lt|Sgt|Rev|Hon|Mt|approx|cf|al"
    r"|etc|e\.g|i\.e|ca|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)|\b(?:[A-Za-z]\.)*[A-Z])\.$"
)
_LIST_ITEM = linear(r"\s*(?:[-*+•·]\s|#{1,6}\s|\||>|\d{1,3}[.)]\s|[①-⑳]|[가-하]\.\s|제\d+조)")
_WINDOW = 12  # the longest abbreviation looked back for


def language(text: str) -> str:
    """ "ko" where Hangul carries a fair share of the letters, else "en"."""
    letters = len(_LETTER.findall(text))
    hangul = len(_HANGUL.findall(text))
    return "ko" if hangul >= max(1.0, 0.15 * letters) else "en"


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of the text's sentences, in order, without the white space around them, never empty.

    Together they hold every character that is not white space. A line that ends inside a sentence (hard-wrapped text)
    does not break it; a list item, heading or table row stands alone.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        begin = start
        for cut in _cuts(text, start, end):
            _add(text, begin, cut, spans)
            begin = cut
        _add(text, begin, end, spans)
    return spans


def _add(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    start_of_text = start + len(piece) - len(piece.lstrip())
    right = end - len(piece) + len(piece.rstrip())
    if start_of_text < right:
        spans.append((start_of_text, right))


def _blocks(text: str) -> list[tuple[int, int]]:
    """Runs of lines that belong together."""
    blocks: list[tuple[int, int]] = []
    begin, previous = 0, ""
    for line in re.finditer(r"[^\n]*\n?", text):
        if not line.group():
            break
        if _breaks(previous, line.group()) and line.start() > begin:
            blocks.append((begin, line.start()))
            begin = line.start()
        previous = line.group()
    blocks.append((begin, len(text)))
    return blocks


def _breaks(previous: str, line: str) -> bool:
    """Whether a new line starts a new block: after a blank, short or finished line, or before a list item."""
    before = previous.strip()
    if not before or not line.strip() or _LIST_ITEM.match(line) or before.startswith(("#", "|")):
        return True
    return len(before) < 40 or before[-1] in ".!?:。?!;"


def _cuts(text: str, start: int, end: int) -> list[int]:
    return [m.end() for m in _END.finditer(text, start, end) if m.end() < end and _ends(text, start, m)]


def _ends(text: str, start: int, mark: re.Match[str]) -> bool:
    """Whether the mark ends a sentence here."""
    at, after = mark.start(), mark.end()
    following = text[after]
    before = text[at - 1] if at > start else ""
    if not following.isspace():
        return _unspaced(text, at, after, before)
    text_after = text[after : after + 40].lstrip()
    first = text_after[_OPENER.match(text_after).end() :][:1] if text_after else ""  # type: ignore[union-attr] # matches the empty string
    if first.islower():
        return False
    if mark.group()[0] != "." or _HANGUL.match(before):
        return True
    if _ABBREVIATION.search(text[max(start, after - _WINDOW) : after]):
        return False
    return not (before.isdigit() and re.search(r"(?:^|\n)\s*\d{1,3}$", text[max(start, at - 6) : at]))


def _unspaced(text: str, at: int, after: int, before: str) -> bool:
    """A full stop with no space behind it: between Korean words, or before a capitalised word of running text."""
    if after - at > 1:
        return False
    if _HANGUL.match(before) and _HANGUL.match(text[after]):
        return before in "다요까죠음함임됨"
    return before.islower() and re.match(r"[A-Z][a-z]* [a-z]", text[after : after + 30]) is not None
