"""Markdown, plain text, CSV and HTML."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

import trafilatura
import yaml
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pedalcast.documents.parsing.html_blocks import html_blocks
from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError, keywords
from pedalcast.documents.parsing.picture_shelf import PictureShelf
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


def read_html(path: Path, shelf: PictureShelf) -> ParsedDocument:
    """The article without navigation, as Markdown; the page's blocks where headings were taken for navigation.

    Pictures that the page carries within itself go to the shelf; others are not fetched.
    """
    html, figures = _shelved(_decoded(path), shelf)
    text = trafilatura.extract(html, output_format="markdown", include_tables=True, include_images=True,
                               include_comments=False, favor_recall=True)  # fmt: skip
    tree = LexborHTMLParser(html)
    title, meta = tree.css_first("title"), tree.css_first('meta[name="keywords"]')
    headings = [heading.text(strip=True) for heading in tree.css("h1, h2, h3")]
    if not text or any(part not in text for part in (*headings, *figures)):
        text = html_blocks(tree)
    tags = keywords(meta.attributes.get("content") or "") if meta else []
    return ParsedDocument("html", text, title.text(strip=True) if title else "", tags=tags)


def _shelved(html: str, shelf: PictureShelf) -> tuple[str, list[str]]:
    """The page with marks in the place of the pictures within it, and the marks of those that are figures."""
    if "data:" not in html:
        return html, []
    tree, figures = LexborHTMLParser(html), []
    for image in tree.css('img[src^="data:"]'):
        figure = next((above for above in _above(image) if above.tag == "figure"), None)
        caption = None if figure is None else figure.css_first("figcaption")
        alt = (image.attributes.get("alt") or "").strip()
        mark = shelf.put(_inline_data(image.attributes.get("src") or ""), alt or (caption.text() if caption else ""))
        image.replace_with(f" ![{alt}]{mark} " if alt else f" {mark} ")
        figures += [mark] if figure is not None else []
    return tree.html or html, figures


def _above(node: LexborNode) -> Iterator[LexborNode]:
    while (parent := node.parent) is not None:
        yield parent
        node = parent


def _inline_data(address: str) -> bytes:
    """The content of a `data:` address, empty where it is none."""
    head, _, data = address.partition(",")
    content = unquote_to_bytes(data)
    if not head.endswith(";base64"):
        return content
    try:
        return base64.b64decode(content)
    except binascii.Error:
        return b""


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
