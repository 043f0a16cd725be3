"""One PDF page as pieces of text, without what a reader does not see, tables as rows."""

from __future__ import annotations

from ctypes import c_uint
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pedalcast.documents.parsing.pdf.pdf_pieces import text_pieces
from pedalcast.documents.parsing.pdf.text_box import TextBox

_WHITE = 245  # of 255
_UNIFORM = 12  # the largest difference of brightness within what is one colour
_INVISIBLE_MODE = 3
_LINES_OF_TABLE = 6


class PdfPage:
    """Raises `pypdfium2.PdfiumError` where the page cannot be opened.

    `hidden` counts the letters left out as invisible; `unmapped` is the share of characters whose font does not say
    which letters they are; `has_image` and `has_rules` say whether there are pictures, and lines as tables have them.
    """

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self.width, self.height = page.get_size()
        self.rotation = page.get_rotation()
        objects = list(page.get_objects(max_depth=2))
        self.has_image = any(item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE for item in objects)
        paths = sum(item.type == pdfium_c.FPDF_PAGEOBJ_PATH for item in objects)
        self.has_rules = paths >= _LINES_OF_TABLE and self.rotation == 0
        self.hidden = self._remove_hidden([item for item in objects if item.type == pdfium_c.FPDF_PAGEOBJ_TEXT])
        self._text = page.get_textpage()
        self.unmapped = self._unmapped()

    def close(self) -> None:
        """Release the page."""
        self._text.close()
        self._page.close()

    def boxes(self, tables: list[list[list[tuple[float, float, float, float] | None]]]) -> list[TextBox]:
        """The pieces of text inside the page box; `tables` (rows of cells, as left, bottom, right, top) as one each."""
        blocks = [block for table in tables if (block := self._table(table)) is not None]
        pieces = text_pieces(self._text, self._box())
        return [piece for piece in pieces if not any(_inside(block, piece) for block in blocks)] + blocks

    def _box(self) -> tuple[float, float, float, float]:
        """What of the page is shown; the page's size where the file says it for all pages at once."""
        box = self._page.get_cropbox(fallback_ok=False) or self._page.get_mediabox(fallback_ok=False)
        width, height = (self.height, self.width) if self.rotation in {90, 270} else (self.width, self.height)
        return box or (0.0, 0.0, width, height)

    def _table(self, rows: list[list[tuple[float, float, float, float] | None]]) -> TextBox | None:
        cells = [cell for row in rows for cell in row if cell is not None]
        texts = [[" ".join(self._text.get_text_bounded(*cell).split()) for cell in row if cell] for row in rows]
        lines = [" | ".join(row) for row in texts if any(row)]
        if len(lines) < 2 or max(map(len, texts)) < 2:
            return None
        left, bottom = min(c[0] for c in cells), min(c[1] for c in cells)
        right, top = max(c[2] for c in cells), max(c[3] for c in cells)
        return TextBox(left, bottom, right, top, "\n".join(lines), is_block=True)

    def _unmapped(self) -> float:
        count = self._text.count_chars()
        errors = sum(pdfium_c.FPDFText_HasUnicodeMapError(self._text.raw, n) == 1 for n in range(count))
        return errors / count if count else 0.0

    def _letters(self) -> int:
        text = self._page.get_textpage()
        letters = len("".join(text.get_text_range().split()))
        text.close()
        return letters

    def _remove_hidden(self, texts: list[Any]) -> int:
        """Take invisible text off the page: written in white or without ink, where the picture of the page shows
        nothing. Text without ink over a scanned picture stays: it is what the picture says."""
        suspects = [item for item in texts if _is_suspect(item)]
        if not suspects:
            return 0
        grey = self._page.render(scale=1, grayscale=True).to_numpy()
        image = np.asarray(grey).reshape(grey.shape[0], -1)
        hidden = [item for item in suspects if item.container is None and self._is_uniform(image, item.get_bounds())]
        before = self._letters() if hidden else 0
        for item in hidden:
            self._page.remove_obj(item)
        return before - self._letters() if hidden else 0

    def _is_uniform(self, image: Any, bounds: tuple[float, float, float, float]) -> bool:
        left, bottom, right, top = (round(value) for value in bounds)
        part = image[max(0, image.shape[0] - top) : max(0, image.shape[0] - bottom), max(0, left) : max(0, right)]
        return self.rotation == 0 and (part.size == 0 or int(part.max()) - int(part.min()) <= _UNIFORM)


def _is_suspect(item: Any) -> bool:
    if pdfium_c.FPDFTextObj_GetTextRenderMode(item.raw) == _INVISIBLE_MODE:
        return True
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    if not pdfium_c.FPDFPageObj_GetFillColor(item.raw, red, green, blue, alpha):
        return False
    return alpha.value < 10 or min(red.value, green.value, blue.value) >= _WHITE


def _inside(block: TextBox, piece: TextBox) -> bool:
    x = (piece.left + piece.right) / 2
    return block.left <= x <= block.right and block.bottom <= piece.middle <= block.top
