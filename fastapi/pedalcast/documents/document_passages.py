"""The text of a document as it is searched: its beginning, and passages within their surroundings."""

from __future__ import annotations

import re
from bisect import bisect_right
from pathlib import PurePath

from pedalcast.database.engine import Database
from pedalcast.documents.errors import NotReadyError, PassageNotFoundError
from pedalcast.documents.models import UploadedDocument
from pedalcast.documents.repository import DocumentRepository
from pedalcast.documents.schemas import PassageOut, PreviewOut
from pedalcast.rag.text.heading_path import HeadingPaths

AROUND = 400  # characters before and after a passage
_HEADING = re.compile(r"^#{1,6} (.*)$", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_MOST = 10_000_000


class DocumentPassages:
    """Reads indexed texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def preview(self, row: UploadedDocument, start: int, length: int) -> PreviewOut:
        """A part of the text. Raises `NotReadyError`."""
        async with self._database.reading() as session:
            part = await DocumentRepository(session).text(row, start, length)
        if part is None:
            raise NotReadyError
        text, characters = part
        return PreviewOut(id=row.id, title=row.title, text=text, start=start, characters=characters,
                          pages=row.pages_total, headings=_headings(text))  # fmt: skip

    async def passage(self, row: UploadedDocument, chunk_id: str | None, quote: str | None) -> PassageOut:
        """The quote, or else the chunk, where it stands in the present text. Raises `PassageNotFoundError`.

        A quote that is in the text more than once is taken where the chunk is.
        """
        async with self._database.reading() as session:
            documents = DocumentRepository(session)
            chunk = None if chunk_id is None else await documents.place_of_chunk(row, chunk_id)
            whole = await documents.text(row, 0, _MOST)
            places = await documents.places(row)
        if whole is None:
            raise PassageNotFoundError
        text, span = whole[0], None if chunk is None else chunk[:2]
        if quote:
            span = _span(text, quote, span)
        if span is None:
            raise PassageNotFoundError
        start, end = span
        page, heading = _around(places, start)
        heading = HeadingPaths(text, row.title or "").at(start) or heading
        return PassageOut(
            id=row.id, title=row.title, page=page, heading=heading or None, start=start, end=end,
            before=text[max(0, start - AROUND) : start], passage=text[start:end], after=text[end : end + AROUND],
            changed=chunk_id is not None and chunk is None, file=_file(row, page),
        )  # fmt: skip


def _headings(text: str) -> list[str]:
    """Headings of Markdown, without the signs around them."""
    headings = (match[1].strip().rstrip("#").rstrip() for match in _HEADING.finditer(text))
    return [heading for heading in headings if heading]


def _span(text: str, quote: str, within: tuple[int, int] | None) -> tuple[int, int] | None:
    """Where a quote stands, white space aside; within a chunk first.

    In time that grows with the text alone, whatever the quote is.

    >>> _span("The bell\\n rings.", "bell rings", None)
    (4, 15)
    """
    words = " ".join(quote.split())
    if not words:
        return None
    if within is not None and (found := _span(text[slice(*within)], words, None)) is not None:
        return within[0] + found[0], within[0] + found[1]
    at = _SPACE.sub(" ", text).find(words)
    if at < 0:
        return None
    return _before_collapse(text, at), _before_collapse(text, at + len(words) - 1) + 1


def _before_collapse(text: str, at: int) -> int:
    """The offset in the text of what stands at `at` once each white space is one character."""
    dropped = 0
    for space in _SPACE.finditer(text):
        if space.start() - dropped >= at:
            break
        dropped += space.end() - space.start() - 1
    return at + dropped


def _around(places: list[tuple[int, int | None, str]], offset: int) -> tuple[int | None, str]:
    """The page and the path of headings of the chunk that an offset lies in."""
    at = bisect_right([start for start, _, _ in places], offset) - 1
    return places[at][1:] if at >= 0 else (None, "")


def _file(row: UploadedDocument, page: int | None) -> str | None:
    path = f"/api/v1/documents/{row.id}/download"
    if row.kind == "pdf" or PurePath(row.name).suffix.lower() == ".pdf":
        return f"{path}?inline=true#page={page}" if page else f"{path}?inline=true"
    return path
