"""DOCX: body text in order, tables as rows, footnotes behind their paragraph, pictures with their alternative texts.

Tracked deletions are left out, insertions are text.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError

from pedalcast.documents.parsing.office.docx_numbering import ListNumbering
from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError, keywords
from pedalcast.documents.parsing.picture_shelf import PictureShelf

_SKIPPED = {qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
            qn("w:instrText"), qn("w:delText")}  # fmt: skip
_FAULTS = (OpcError, zipfile.BadZipFile, KeyError, ValueError, XMLSyntaxError, OSError)


def read_docx(path: Path, shelf: PictureShelf) -> ParsedDocument:
    """The text as Markdown; pictures go to the shelf. Raises `ParseError`."""
    try:
        package: Any = docx.Document(str(path))
        reader = _BodyReader(package, shelf)
        text = "\n".join(reader.blocks(package.element.body))
    except _FAULTS as error:
        raise ParseError("damaged", "The file is damaged.") from error
    properties = package.core_properties
    return ParsedDocument("docx", text, properties.title or "", tags=keywords(properties.keywords or ""))


class _BodyReader:
    def __init__(self, package: Any, shelf: PictureShelf) -> None:
        self._part, self._shelf, self._alt = package.part, shelf, ""
        self._numbering = ListNumbering(package)
        self._styles = {style.style_id: style for style in package.styles}
        self._footnotes = _footnotes(package)

    def blocks(self, parent: Any) -> Iterator[str]:
        """A string a paragraph, and one a row of a table."""
        for child in parent:
            if child.tag in _SKIPPED:
                continue
            if child.tag == qn("w:p"):
                yield from self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                yield from self._rows(child)
            elif child.tag in {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"), qn("w:moveTo")}:
                yield from self.blocks(child)

    def _rows(self, table: Any) -> Iterator[str]:
        yield ""
        for row in table.iter(qn("w:tr")):
            cells = [" ".join(filter(None, self.blocks(cell))) for cell in row.findall(qn("w:tc"))]
            if any(cells):
                yield " | ".join(cells)
        yield ""

    def _paragraph(self, element: Any) -> Iterator[str]:
        text = "".join(self._runs(element)).strip()
        style, properties = self._properties(element)
        if not text:
            return
        number = self._numbering.next(properties) if properties is not None else ""
        yield f"{_heading(style)}{number}{text}"
        for reference in element.iter(qn("w:footnoteReference")):
            note = self._footnotes.get(str(reference.get(qn("w:id"))))
            if note:
                yield f"({note})"

    def _properties(self, element: Any) -> tuple[str, Any]:
        """The style's name, and the list properties of the paragraph or its style."""
        own = element.find(qn("w:pPr"))
        reference = own.find(qn("w:pStyle")) if own is not None else None
        style = self._styles.get(reference.get(qn("w:val"))) if reference is not None else None
        properties = own.find(qn("w:numPr")) if own is not None else None
        if properties is None and style is not None and style.element.pPr is not None:
            properties = style.element.pPr.find(qn("w:numPr"))
        return (style.name or "" if style is not None else ""), properties

    def _runs(self, element: Any) -> Iterator[str]:
        for child in element:
            if child.tag in _SKIPPED or child.tag == qn("w:pPr"):
                continue
            if child.tag == qn("w:t"):
                yield child.text or ""
            elif child.tag in {qn("w:tab"), qn("w:br"), qn("w:cr")}:
                yield " "
            elif child.tag == qn("wp:docPr"):
                self._alt = child.get("descr") or ""
                yield f" ![{self._alt}] " if self._alt else ""
            elif child.tag == qn("a:blip"):
                yield self._picture(child.get(qn("r:embed")))
            elif child.tag == qn("w:p"):  # in a text box
                yield from (" ", *self._runs(child), " ")
            else:
                yield from self._runs(child)

    def _picture(self, relation: str | None) -> str:
        """The mark of an embedded picture; one that is linked to is not fetched."""
        part = None if relation is None else self._part.related_parts.get(relation)
        return "" if part is None else self._shelf.put(part.blob, self._alt)


def _heading(style: str) -> str:
    name, _, level = style.partition(" ")
    if name.lower() == "heading" and level.isdigit():
        return "#" * min(6, int(level)) + " "
    return "# " if style == "Title" else ""


def _footnotes(package: Any) -> dict[str, str]:
    for relation in package.part.rels.values():
        if relation.reltype.endswith("/footnotes") and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            return {
                str(note.get(qn("w:id"))): "".join(text.text or "" for text in note.iter(qn("w:t"))).strip()
                for note in root.findall(qn("w:footnote"))
            }
    return {}
