"""Markdown, plain text, CSV and HTML."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import trafilatura
import yaml
from selectolax.lexbor import LexborHTMLParser

from pedalcast.documents.parsing.html_blocks import html_blocks
from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError, keywords
from pedalcast.documents.parsing.text_decoding import decoded

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_COMMENT = re.compile(r"\{/\*.*?\*/\}|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
_DELIMITERS = ",;\t|"
csv.field_size_limit(1 << 20)


def read_markdown(path: Path) -> ParsedDocument:
    """Without front matter, comments and tags; the title is the front matter's, or the first heading."""
    text, title, tags = _decoded(path), "", []  # type: str, str, list[str]
    if front := _FRONT.match(text):
        fields = _front_matter(front[1])
        title, tags, text = str(fields.get("title") or ""), _tags(fields.get("tags")), text[front.end() :]
    parts = [part if _CODE.fullmatch(part) else _TAG.sub("", _COMMENT.sub("", part)) for part in _CODE.split(text)]
    document = ParsedDocument("markdown", "".join(parts), title, tags=tags)
    document.title = title or next((heading for _, _, heading in document.headings), "")
    return document


def read_text(path: Path) -> ParsedDocument:
    """As it is."""
    return ParsedDocument("text", _decoded(path))


def read_csv(path: Path) -> ParsedDocument:
    """A line a row, cells with ` | ` between."""
    text = _decoded(path)
    try:
        delimiter = csv.Sniffer().sniff(text[:20_000], _DELIMITERS).delimiter
    except csv.Error:
        delimiter = max(_DELIMITERS, key=text[:20_000].count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise ParseError("damaged", "The table cannot be read.") from error
    return ParsedDocument("csv", "\n".join(" | ".join(row) for row in rows if any(row)))


def read_html(path: Path) -> ParsedDocument:
    """The article without navigation, as Markdown; the page's blocks where headings were taken for navigation."""
    html = _decoded(path)
    text = trafilatura.extract(html, output_format="markdown", include_tables=True, include_images=True,
                               include_comments=False, favor_recall=True)  # fmt: skip
    tree = LexborHTMLParser(html)
    title, meta = tree.css_first("title"), tree.css_first('meta[name="keywords"]')
    headings = [heading.text(strip=True) for heading in tree.css("h1, h2, h3")]
    if not text or any(heading not in text for heading in headings):
        text = html_blocks(tree)
    tags = keywords(meta.attributes.get("content") or "") if meta else []
    return ParsedDocument("html", text, title.text(strip=True) if title else "", tags=tags)


def _front_matter(front: str) -> dict[str, object]:
    try:
        fields = yaml.safe_load(front)
    except yaml.YAMLError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _tags(written: object) -> list[str]:
    """The tags of front matter: a list, or words with commas between."""
    listed = written if isinstance(written, list) else [written or ""]
    return keywords(",".join(map(str, listed)))


def _decoded(path: Path) -> str:
    text = decoded(path.read_bytes())
    if text is None:
        raise ParseError("unreadable_text", "The file's encoding is not known.")
    return text
