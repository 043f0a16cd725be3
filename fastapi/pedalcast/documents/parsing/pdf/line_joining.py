"""Lines of a page as paragraphs: words that a line end has cut are whole again."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pedalcast.documents.parsing.pdf.text_box import TextLine

if TYPE_CHECKING:
    from kiwipiepy import Kiwi

_KOREAN = re.compile(r"[가-힣]")
_HYPHENS = ("\u0002", "\u00ad")
_CUT = re.compile(r"[a-z]-$")
_SENTENCE_END = re.compile(r"[.!?。:]\W?$")
_BULLET = re.compile(r"^([-•·▪◦○●■□※*]|\(?\d{1,2}[.)]|[①-⑳]|[가-하]\.)\s?")
_BIG = 1.25  # times the usual height of a line is a heading
_LONGEST_HEADING = 80


def joined_lines(lines: list[TextLine], size: float) -> str:
    """The text of lines in reading order; `size` is the usual height of a line."""
    paragraphs: list[list[TextLine]] = []
    for line in lines:
        if paragraphs and _goes_on(paragraphs[-1], line):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return "\n".join(_text(paragraph, size) for paragraph in paragraphs if any(line.text for line in paragraph))


def _goes_on(paragraph: list[TextLine], line: TextLine) -> bool:
    """Whether a line continues a paragraph: the line before is full, as near as lines are, and of the same height."""
    last = paragraph[-1]
    if line.is_block or last.is_block or line.column != last.column or _BULLET.match(line.text):
        return False
    widest = max(*(before.right for before in paragraph), line.right)
    close = -0.5 * line.height < last.bottom - line.top < 1.2 * line.height
    alike = 0.8 < line.height / max(last.height, 0.1) < 1.25
    full = last.right > widest - 3 * line.height
    return close and alike and full and len(last.boxes) < 4


def _text(paragraph: list[TextLine], size: float) -> str:
    if paragraph[0].is_block:
        return "\n" + paragraph[0].boxes[0].text + "\n"
    texts = [line.text for line in paragraph]
    text = _glued(texts) if any(map(_KOREAN.search, texts)) else _spaced(texts)
    text = text.replace("\u0002", "").replace("\u00ad", "")
    big = paragraph[0].height > _BIG * size and len(text) <= _LONGEST_HEADING and not _SENTENCE_END.search(text)
    return f"\n## {text}" if big else text


def _spaced(texts: list[str]) -> str:
    joined = texts[0]
    for text in texts[1:]:
        if joined.endswith(_HYPHENS) or (_CUT.search(joined) and text[:1].islower()):
            joined = joined[:-1] + text
        else:
            joined = f"{joined} {text}"
    return joined


def _glued(texts: list[str]) -> str:
    """Korean breaks lines inside words: the analyser says where a space belongs."""
    if len(texts) == 1:
        return texts[0]
    glued: str = _kiwi().glue(texts)
    return glued


@cache
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi  # noqa: PLC0415 (takes a second; English files need none)

    return Kiwi(num_workers=1)
