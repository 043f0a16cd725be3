"""PDF: text by pdfium in reading order, tables by the lines that pdfplumber finds."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pdfplumber
import pypdfium2 as pdfium

from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError, joined_pages, keywords
from pedalcast.documents.parsing.pdf.line_joining import joined_lines
from pedalcast.documents.parsing.pdf.pdf_outline import pdf_outline
from pedalcast.documents.parsing.pdf.pdf_page import PdfPage
from pedalcast.documents.parsing.pdf.text_box import TextLine, reading_order
from pedalcast.documents.parsing.reader import OnPage

MOST_PAGES = 2000
_EDGE = 0.09  # the share of a page's height in which running headers and footers stand
_PAGE_NUMBER = re.compile(r"^\W*(page|p\.?|쪽)?\s*\d+\s*(/|of|쪽)?\s*\d*\W*$", re.IGNORECASE)
_UNMAPPED = 0.3

_Table = list[list[tuple[float, float, float, float] | None]]


def read_pdf(path: Path, on_page: OnPage) -> ParsedDocument:
    """The text, page by page. Raises `ParseError`."""
    try:
        document = pdfium.PdfDocument(path)
        count = len(document)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise ParseError("encrypted", "The file needs a password.") from error
        raise ParseError("damaged", "The file is damaged.") from error
    if count > MOST_PAGES:
        raise ParseError("too_many_pages", f"The file has more than {MOST_PAGES} pages.")
    reading = _Reading(path, document)
    for n in range(count):
        reading.read(n)
        on_page(n + 1, count)
    return reading.document()


class _Reading:
    def __init__(self, path: Path, document: pdfium.PdfDocument) -> None:
        self._path, self._document = path, document
        self._plumber: Any = None
        self._pages: list[tuple[float, list[TextLine]]] = []
        self._pictures: list[int] = []
        self._hidden, self._unmapped = 0, []  # type: int, list[float]

    def read(self, n: int) -> None:
        """Read one page."""
        try:
            page = PdfPage(self._document[n])
        except (pdfium.PdfiumError, ValueError):
            self._pages.append((1.0, []))
            return
        lines = reading_order(page.boxes(self._tables(n, page)))
        self._pages.append((page.height if page.rotation in {0, 180} else page.width, _without_line_numbers(lines)))
        self._hidden += page.hidden
        if lines:
            self._unmapped.append(page.unmapped)
        elif page.has_image:
            self._pictures.append(n + 1)
        page.close()

    def document(self) -> ParsedDocument:
        """All pages without running headers and footers. Raises `ParseError` where there is no usable text."""
        if not any(lines for _, lines in self._pages):
            if self._pictures:
                raise ParseError("scanned", "The pages are pictures without a text layer.")
            raise ParseError("empty_document", "There is no text in the file.")
        if median(self._unmapped) > _UNMAPPED:
            raise ParseError("unreadable_text", "The file does not say which letters its signs are.")
        notes = [f"pages without a text layer: {_listed(self._pictures)}"] if self._pictures else []
        notes += [f"invisible text left out: {self._hidden} letters"] if self._hidden else []
        running = _running(self._pages)
        size = median(line.height for _, lines in self._pages for line in lines) if self._pages else 1.0
        pages = [joined_lines(_kept(height, lines, running), size) for height, lines in self._pages]
        document = joined_pages("pdf", pages, notes)
        document.outline = pdf_outline(self._document, document)
        document.tags = keywords(self._document.get_metadata_value("Keywords"))
        return document

    def _tables(self, n: int, page: PdfPage) -> list[_Table]:
        if not page.has_rules or page.hidden:
            return []
        try:
            if self._plumber is None:
                self._plumber = pdfplumber.open(self._path)
            plumbed = self._plumber.pages[n]
            tables = [_cells(plumbed, table) for table in plumbed.find_tables()]
            plumbed.close()
        except Exception:  # noqa: BLE001 (whatever it meets in a file, the text alone is still good)
            return []
        return [table for table in tables if len(table) > 1]


def _cells(page: Any, table: Any) -> _Table:
    """The cells' places by row, counted from the lower left."""
    height = float(page.height)
    return [
        [None if c is None else (c[0], height - c[3], c[2], height - c[1]) for c in row.cells] for row in table.rows
    ]


def _without_line_numbers(lines: list[TextLine]) -> list[TextLine]:
    """Without numbers that count the lines in the margin."""
    first = [line for line in lines if line.boxes[0].text.strip().isdigit()]
    numbers = [int(line.boxes[0].text) for line in first]
    if len(numbers) < 10 or any(b - a != 1 for a, b in pairwise(numbers)):
        return lines
    for line in first:
        del line.boxes[0]
    return [line for line in lines if line.boxes]


def _at_edge(height: float, line: TextLine) -> bool:
    return line.bottom > (1 - _EDGE) * height or line.top < _EDGE * height


def _running(pages: list[tuple[float, list[TextLine]]]) -> set[str]:
    """What stands at the edge of at least half of the pages and of two, numbers aside."""
    texts = Counter(
        text for height, lines in pages for text in {_shape(line.text) for line in lines if _at_edge(height, line)}
    )
    least = max(2, min(5, len(pages) // 2))
    return {text for text, count in texts.items() if count >= least}


def _kept(height: float, lines: list[TextLine], running: set[str]) -> list[TextLine]:
    return [
        line for line in lines
        if not (_at_edge(height, line) and (_shape(line.text) in running or _PAGE_NUMBER.match(line.text)))
    ]  # fmt: skip


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split()))


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")
