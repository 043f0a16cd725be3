"""The automatic numbers of a DOCX file's paragraphs, which its text does not hold."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from docx.oxml.ns import qn

_PLACE = re.compile(r"%(\d)")


class ListNumbering:
    """Counts the paragraphs of each list. Numbers other than decimal ones are written as decimal ones."""

    def __init__(self, package: Any) -> None:
        try:
            root = package.part.numbering_part.element
        except (KeyError, NotImplementedError):
            root = None
        self._levels = {} if root is None else _levels(root)
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 9)

    def next(self, properties: Any) -> str:
        """The number of the next paragraph with these list properties (`w:numPr`), with a space; "" for bullets."""
        number, level = properties.find(qn("w:numId")), properties.find(qn("w:ilvl"))
        if number is None:
            return ""
        key, depth = str(number.get(qn("w:val"))), int(level.get(qn("w:val"))) if level is not None else 0
        pattern, start = self._levels.get((key, depth), ("", 1))
        if not pattern or "%" not in pattern or depth > 8:
            return ""
        counts = self._counts[key]
        counts[depth] = max(counts[depth] + 1, start)
        counts[depth + 1 :] = [0] * (8 - depth)
        return _PLACE.sub(lambda place: str(max(1, counts[int(place[1]) - 1])), pattern) + " "


def _levels(root: Any) -> dict[tuple[str, int], tuple[str, int]]:
    """Pattern and first number by list and level."""
    abstract = {element.get(qn("w:abstractNumId")): element for element in root.findall(qn("w:abstractNum"))}
    levels = {}
    for number in root.findall(qn("w:num")):
        reference = number.find(qn("w:abstractNumId"))
        element = abstract.get(reference.get(qn("w:val"))) if reference is not None else None
        for level in element.findall(qn("w:lvl")) if element is not None else ():
            text, start, style = (level.find(qn(name)) for name in ("w:lvlText", "w:start", "w:numFmt"))
            pattern = text.get(qn("w:val")) if text is not None else ""
            if style is not None and style.get(qn("w:val")) in {"bullet", "none"}:
                pattern = ""
            first = int(start.get(qn("w:val"))) if start is not None else 1
            levels[str(number.get(qn("w:numId"))), int(level.get(qn("w:ilvl")))] = pattern or "", first
    return levels
