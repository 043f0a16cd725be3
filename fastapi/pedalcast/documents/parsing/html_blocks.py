"""An HTML page's blocks as Markdown, without what surrounds the article."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_AROUND = ["script", "style", "nav", "aside", "footer", "noscript", "template", "form", "svg", "iframe", "button"]
_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "dd", "details", "div", "dl", "dt", "figure", "figcaption", "header",
    "h1", "h2", "h3", "h4", "h5", "h6", "li", "main", "ol", "p", "pre", "section", "summary", "table", "ul",
})  # fmt: skip
_HEADINGS = {f"h{n}": "#" * n + " " for n in range(1, 7)}


def html_blocks(tree: LexborHTMLParser) -> str:
    """Headings, paragraphs, items and rows, one a line; pictures by their alternative text.

    >>> html_blocks(LexborHTMLParser("<nav>Home</nav><h1>Bikes</h1><p>One <b>won</b>.</p>"))
    '# Bikes\\n\\nOne won.'
    """
    tree.strip_tags(_AROUND)
    return "\n\n".join(_lines(tree.body)) if tree.body is not None else ""


def _lines(node: LexborNode) -> Iterator[str]:
    inline = ""
    for child in node.iter(include_text=True):
        if child.tag == "table":
            yield from filter(None, (inline.strip(), _rows(child)))
            inline = ""
        elif child.tag in _BLOCKS:
            if inline.strip():
                yield " ".join(inline.split())
            inline = ""
            yield from _block(child)
        else:
            inline += _inline(child)
    if inline.strip():
        yield " ".join(inline.split())


def _block(node: LexborNode) -> Iterator[str]:
    mark = _HEADINGS.get(node.tag or "", "- " if node.tag == "li" else "")
    for n, line in enumerate(_lines(node)):
        yield (mark if n == 0 else "") + line


def _inline(node: LexborNode) -> str:
    if node.tag == "img":
        alt = (node.attributes.get("alt") or "").strip()
        return f" ![{alt}] " if alt else ""
    if node.tag == "br":
        return " "
    if node.tag == "-text":
        return node.text()
    return "".join(_inline(child) for child in node.iter(include_text=True))


def _rows(table: LexborNode) -> str:
    rows = [[" ".join(cell.text().split()) for cell in row.css("td, th")] for row in table.css("tr")]
    return "\n".join(" | ".join(row) for row in rows if any(row))
