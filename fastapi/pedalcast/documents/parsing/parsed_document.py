"""What parsing gives: one text, where its pages and headings begin, and what was left out."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST_TAG, MOST_TAGS = 100, 50
_HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*#*$", re.MULTILINE)


class ParseError(Exception):
    """The file cannot be taken in. `code` is stable, the message a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(slots=True)
class ParsedDocument:
    """The text of a file. `page_starts` are offsets into `text`, empty where the format has no pages; `notes` say what
    a reader should know, such as pages without a text layer. `outline` has the offset, level (from 1) and words of
    headings where the format keeps them apart from the text; `tags` the keywords that the file gives itself; `pictures`
    the offset, SHA-256 and alternative text of those that were kept."""

    kind: str
    text: str
    title: str = ""
    page_starts: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outline: list[tuple[int, int, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    pictures: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def headings(self) -> list[tuple[int, int, str]]:
        """Offset, level and text of every heading."""
        return [(m.start(), len(m[1]), m[2]) for m in _HEADING.finditer(self.text)]

    def page(self, number: int) -> str:
        """The text of a page, counted from 1."""
        stops = [*self.page_starts[1:], len(self.text)]
        return self.text[self.page_starts[number - 1] : stops[number - 1]]

    def as_json(self) -> dict[str, Any]:
        """As JSON, which `ParsedDocument(**…)` reads back."""
        return asdict(self)


def keywords(written: str) -> list[str]:
    """The keywords of a list with commas or semicolons, each once, the longest left out.

    >>> keywords("fares; passes, fares,")
    ['fares', 'passes']
    """
    found = dict.fromkeys(word.strip() for word in re.split("[,;]", written))
    return [word for word in found if word and len(word) <= LONGEST_TAG][:MOST_TAGS]


def joined_pages(kind: str, pages: list[str], notes: list[str]) -> ParsedDocument:
    """The document of these pages."""
    starts, text = [], ""
    for page in pages:
        starts.append(len(text))
        text += page.strip() + "\n\n"
    return ParsedDocument(kind, text.rstrip() + "\n", page_starts=[min(s, len(text)) for s in starts], notes=notes)
