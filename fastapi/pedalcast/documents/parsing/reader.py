"""A file of any supported kind as one text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pedalcast.documents.parsing.content_type import content_type
from pedalcast.documents.parsing.parsed_document import ParsedDocument
from pedalcast.documents.parsing.picture_shelf import PictureShelf
from pedalcast.documents.parsing.quality_gate import check_quality

OnPage = Callable[[int, int], None]


def read_file(path: Path, name: str, on_page: OnPage, pictures: Path | None = None) -> ParsedDocument:
    """The text of a file, whose `name` is what its owner calls it. Raises `ParseError`.

    The pictures of DOCX, HWPX, HWP and HTML files are written into the folder `pictures`, if one is given.
    """
    shelf = PictureShelf(pictures)
    document = _read(content_type(path, name), path, on_page, shelf)
    shelf.place(document)
    check_quality(document)
    document.title = document.title.strip() or _first_heading(document) or Path(name).stem
    return document


def _read(kind: str, path: Path, on_page: OnPage, shelf: PictureShelf) -> ParsedDocument:
    # Each format's library is loaded only for its own files.
    if kind == "pdf":
        from pedalcast.documents.parsing.pdf.pdf_files import read_pdf  # noqa: PLC0415

        return read_pdf(path, on_page)
    if kind == "docx":
        from pedalcast.documents.parsing.office.docx_files import read_docx  # noqa: PLC0415

        return read_docx(path, shelf)
    if kind in {"hwp", "hwpx"}:
        from pedalcast.documents.parsing.office.hangul_files import read_hangul  # noqa: PLC0415

        return read_hangul(path, kind, shelf)
    from pedalcast.documents.parsing import plain_formats  # noqa: PLC0415

    if kind == "html":
        return plain_formats.read_html(path, shelf)
    readers = {"markdown": plain_formats.read_markdown, "text": plain_formats.read_text, "csv": plain_formats.read_csv}
    return readers[kind](path)


def _first_heading(document: ParsedDocument) -> str:
    return next((heading for _, _, heading in document.headings), "")[:200]
