"""Small line charts as SVG text: no script, no font, no other file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 420, 220
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 22, 26
INK = {
    "pedalcast": "#0b6e4f",
    "persistence": "#999999",
    "table": "#c77700",
    "plain_lightgbm": "#3d5a98",
    "profile": "#8a5a83",
}
OTHER_INK = "#444444"

ChartPoint = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axes:
    """The plane of a chart: which x and y its edges stand for."""

    x: tuple[float, float]
    y: tuple[float, float]

    def place(self, point: ChartPoint) -> ChartPoint:
        """A point in pixels from the upper left."""
        across = (point[0] - self.x[0]) / ((self.x[1] - self.x[0]) or 1)
        up = (point[1] - self.y[0]) / ((self.y[1] - self.y[0]) or 1)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def chart(
    title: str, series: Mapping[str, Sequence[ChartPoint]], *, x: tuple[float, float], diagonal: bool = False
) -> str:
    """Lines by name over `x`, from zero up; `diagonal` draws the line of perfect calibration."""
    tallest = 1.0 if diagonal else max((y for points in series.values() for _, y in points), default=1.0) * 1.05
    axes = Axes(x, (0.0, tallest))
    parts = [*_frame(title, axes)]
    if diagonal:
        parts.append(_line([(0, 0), (1, 1)], axes, "#cccccc"))
    for name, points in series.items():
        parts.append(_line(points, axes, INK.get(name, OTHER_INK)))
        if diagonal:
            parts.extend(_dot(point, axes, INK.get(name, OTHER_INK)) for point in points)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _frame(title: str, axes: Axes) -> list[str]:
    parts = [f'<text x="{LEFT}" y="14" class="t">{escape(title)}</text>']
    for i in range(5):
        y = axes.y[0] + (axes.y[1] - axes.y[0]) * i / 4
        x = axes.x[0] + (axes.x[1] - axes.x[0]) * i / 4
        _, down = axes.place((axes.x[0], y))
        across, _ = axes.place((x, axes.y[0]))
        parts.append(f'<path d="M{LEFT} {down:.1f}H{WIDTH - RIGHT}" stroke="#eeeeee"/>')
        parts.append(f'<text x="{LEFT - 4}" y="{down + 3:.1f}" text-anchor="end">{y:.3g}</text>')
        parts.append(f'<text x="{across:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{x:.3g}</text>')
    return parts


def _line(points: Sequence[ChartPoint], axes: Axes, ink: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(axes.place, points))
    return f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="1.6"/>'


def _dot(point: ChartPoint, axes: Axes, ink: str) -> str:
    x, y = axes.place(point)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{ink}"/>'
