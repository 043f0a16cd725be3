"""A piece of text on a page, and the order in which pieces are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

_LEAST = 8  # pieces in a column
_PROSE = 0.45  # the share of its column's width that a piece of running text is wide, in the middle


@dataclass(slots=True)
class TextBox:
    """A text with its place on the page, in points from the lower left. `is_block` keeps it apart from its line."""

    left: float
    bottom: float
    right: float
    top: float
    text: str
    is_block: bool = False

    @property
    def height(self) -> float:
        """How high it is."""
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        """Half way up."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class TextLine:
    """The pieces of one line, from left to right; `column` numbers the column it stands in."""

    boxes: list[TextBox]
    column: int

    @property
    def text(self) -> str:
        """Its text; pieces that are apart have a space between."""
        text = ""
        for before, box in zip([None, *self.boxes], self.boxes, strict=False):
            gap = before is not None and box.left - before.right > 0.15 * box.height
            text += (" " if gap and not text.endswith(" ") else "") + box.text
        return " ".join(text.split(" ")).strip()

    @property
    def height(self) -> float:
        """The height of its highest piece."""
        return max(box.height for box in self.boxes)

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.boxes[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(box.right for box in self.boxes)

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return min(box.bottom for box in self.boxes)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return max(box.top for box in self.boxes)

    @property
    def is_block(self) -> bool:
        """Whether it stands by itself, as a table does."""
        return self.boxes[0].is_block


def reading_order(boxes: Sequence[TextBox]) -> list[TextLine]:
    """The lines of a page: column by column between pieces that run across both columns."""
    gutter = _gutter(boxes)
    if gutter is None:
        return _lines(boxes, 0)
    crossing = _lines([box for box in boxes if box.left < gutter < box.right], 0)
    sides = [[box for box in boxes if box.right <= gutter], [box for box in boxes if box.left >= gutter]]
    ordered: list[TextLine] = []
    ceiling = float("inf")
    for line in [*crossing, None]:
        floor = line.boxes[0].middle if line is not None else float("-inf")
        for column, side in enumerate(sides, 1):
            ordered += _lines([box for box in side if floor < box.middle <= ceiling], column)
        if line is not None:
            ordered.append(line)
        ceiling = floor
    return ordered


def _gutter(boxes: Sequence[TextBox]) -> float | None:
    """Where two columns of running text part, None where there are none."""
    boxes = [box for box in boxes if box.text.strip()]
    if len(boxes) < 2 * _LEAST:
        return None
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    best, fewest = None, 0.25 * len(boxes)
    for step in range(35, 66):
        x = left + (right - left) * step / 100
        crossing = sum(1 for box in boxes if box.left < x < box.right)
        sides = [box for box in boxes if box.right <= x], [box for box in boxes if box.left >= x]
        if crossing < fewest and all(_is_prose(side) for side in sides):
            best, fewest = x, crossing
    return best


def _is_prose(side: Sequence[TextBox]) -> bool:
    """Whether most pieces run over much of their column's width, as running text does and cells do not."""
    if len(side) < _LEAST:
        return False
    width = max(box.right for box in side) - min(box.left for box in side)
    return median(box.right - box.left for box in side) >= _PROSE * width


def _lines(boxes: Iterable[TextBox], column: int) -> list[TextLine]:
    """Pieces at the same height as lines, from the top down."""
    lines: list[TextLine] = []
    for box in sorted(boxes, key=lambda b: -b.middle):
        last = lines[-1] if lines else None
        if last is not None and not box.is_block and not last.is_block and _same_line(last.boxes[0], box):
            last.boxes.append(box)
        else:
            lines.append(TextLine([box], column))
    for line in lines:
        line.boxes.sort(key=lambda b: b.left)
    return lines


def _same_line(first: TextBox, other: TextBox) -> bool:
    overlap = min(first.top, other.top) - max(first.bottom, other.bottom)
    return overlap > 0.5 * min(first.height, other.height)
