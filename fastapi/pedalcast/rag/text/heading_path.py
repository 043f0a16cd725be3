"""The headings that a place in a document stands under."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

SEPARATOR = " > "
_LINE = re.compile(r"^(?:(?P<fence>```|~~~)|(?P<level>#{1,6})[ \t]+(?P<words>.*?)[ \t]*#*[ \t]*$)", re.MULTILINE)


class HeadingPaths:
    """The headings of a text: those of `outline` (offset, level, words; by offset) where there is one, else the
    Markdown ones outside fenced code. One that repeats the document's title is none.

    >>> paths = HeadingPaths("# Guide\\n\\n## Fares\\n\\nOne won.\\n\\n### Refunds\\n\\nNone.", "Guide")
    >>> paths.at(0), paths.at(20), paths.at(45)
    ('', 'Fares', 'Fares > Refunds')
    """

    def __init__(self, text: str, title: str = "", outline: Sequence[tuple[int, int, str]] = ()) -> None:
        self._starts: list[int] = []
        self._paths: list[str] = []
        above: list[tuple[int, str]] = []
        for start, level, words in outline or _markdown(text):
            above = [*(heading for heading in above if heading[0] < level), (level, words)]
            path = [heading for _, heading in above]
            self._starts.append(start)
            self._paths.append(SEPARATOR.join(path[1:] if path[0] == title else path))

    def at(self, start: int) -> str:
        """The path of headings at or before an offset, "" before the first."""
        place = bisect_right(self._starts, start) - 1
        return self._paths[place] if place >= 0 else ""


def _markdown(text: str) -> Iterator[tuple[int, int, str]]:
    fence: str | None = None
    for line in _LINE.finditer(text):
        if line["fence"] is not None:
            fence = line["fence"] if fence is None else None if fence == line["fence"] else fence
        elif fence is None and line["words"]:
            yield line.start(), len(line["level"]), line["words"]
