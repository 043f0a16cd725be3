"""The characters of a PDF page as pieces: parts of lines without wide gaps."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import c_double
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from pedalcast.documents.parsing.pdf.text_box import TextBox

_GAP = 1.0  # of the height: a wider gap begins a piece
_BREAKS = frozenset("\r\n")


class _Sign(NamedTuple):
    text: str
    left: float
    bottom: float
    right: float
    top: float


def text_pieces(page: Any, box: tuple[float, float, float, float]) -> list[TextBox]:
    """The pieces of a text page, in the file's order, of what stands inside the page's box."""
    pieces: list[TextBox] = []
    piece: list[_Sign] = []
    for sign in _signs(page):
        if sign is None or (piece and not _goes_on(piece[-1], sign)):
            _end(pieces, piece, box)
            piece = []
        if sign is not None:
            piece.append(sign)
    _end(pieces, piece, box)
    return pieces


def _signs(page: Any) -> Iterator[_Sign | None]:
    """Every character with its place; None at a line's end."""
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    for n in range(page.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(page.raw, n)
        text = chr(code) if code and not 0xD800 <= code <= 0xDFFF else ""
        if text in _BREAKS:
            yield None
        elif text:
            pdfium_c.FPDFText_GetCharBox(page.raw, n, left, right, bottom, top)
            yield _Sign(text, left.value, bottom.value, right.value, top.value)


def _goes_on(last: _Sign, sign: _Sign) -> bool:
    if sign.text.isspace() or last.text.isspace():
        height = max(last.top - last.bottom, sign.top - sign.bottom, 4.0)
        return abs(sign.bottom - last.bottom) < height and -height < sign.left - last.right < 1.5 * height
    height = max(last.top - last.bottom, sign.top - sign.bottom, 4.0)
    overlap = min(last.top, sign.top) - max(last.bottom, sign.bottom)
    level = overlap > 0 or abs(sign.bottom - last.bottom) < 0.6 * height
    return level and -2 * height < sign.left - last.right < _GAP * height


def _end(pieces: list[TextBox], piece: list[_Sign], box: tuple[float, float, float, float]) -> None:
    solid = [sign for sign in piece if not sign.text.isspace()]
    if not solid:
        return
    left, bottom = min(s.left for s in solid), min(s.bottom for s in solid)
    right, top = max(s.right for s in solid), max(s.top for s in solid)
    x, y = (left + right) / 2, (bottom + top) / 2
    if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
        text = "".join(" " if sign.text.isspace() else sign.text for sign in piece).strip()
        pieces.append(TextBox(left, bottom, right, top, text))
