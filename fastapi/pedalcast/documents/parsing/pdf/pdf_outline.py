"""A PDF's bookmarks as headings of its text."""

from __future__ import annotations

import re
from itertools import islice

import pypdfium2 as pdfium

from pedalcast.documents.parsing.parsed_document import ParsedDocument

_MOST = 5000  # bookmarks of a file
_LONGEST = 200  # characters of one
_SPACE = re.compile(r"\s+")


def pdf_outline(file: pdfium.PdfDocument, document: ParsedDocument) -> list[tuple[int, int, str]]:
    """Offset, level and words of every bookmark, by offset: where its words begin a line of its page, else the page."""
    outline: list[tuple[int, int, str]] = []
    try:
        for mark in islice(file.get_toc(), _MOST):
            words, place = " ".join(mark.get_title().split())[:_LONGEST], mark.get_dest()
            page = None if place is None else place.get_index()
            if words and page is not None and page < len(document.page_starts):
                outline.append((_offset(document, page, words), mark.level + 1, words))
    except (pdfium.PdfiumError, ValueError, UnicodeError):  # the text alone is still good
        return []
    return sorted(outline, key=lambda heading: heading[0])


def _offset(document: ParsedDocument, page: int, words: str) -> int:
    start, wanted = document.page_starts[page], _SPACE.sub("", words).casefold()
    for line in document.page(page + 1).splitlines(keepends=True):
        if _SPACE.sub("", line).casefold().startswith(wanted):
            return start
        start += len(line)
    return document.page_starts[page]
