"""The soak's report as one HTML file with a picture."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bench.soak.promises import FaultSpan, Promise
from bench.soak.watch import AgeReading

WIDTH, HEIGHT, LEFT, BOTTOM = 1400, 320, 48, 28
INK = {"a": "#0b6e4f", "b": "#3d5a98"}
STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:1440px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.3rem .8rem;border-bottom:1px solid #ddd;text-align:left}
.kept{color:#0b6e4f}.broken{color:#b00020;font-weight:600}svg text{font:11px system-ui,sans-serif;fill:#444}"""


def to_page(
    title: str, ages: Sequence[AgeReading], spans: Sequence[FaultSpan], promises: Sequence[Promise], limit: float
) -> str:
    """The whole page: the promises, the ages of the forecasts over time with the faults marked, the list of faults."""
    rows = "".join(
        f'<tr><td class="{"kept" if p.kept else "broken"}">{"kept" if p.kept else "broken"}</td>'
        f"<td>{escape(p.name)}</td><td>{escape(p.figures)}</td></tr>"
        for p in promises
    )
    faults = "".join(
        f"<tr><td>{escape(s.name)}</td><td>{s.began:.1f}</td><td>{s.ended:.1f}</td><td>{s.over:.1f}</td></tr>"
        for s in spans
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
        f"<h1>{escape(title)}</h1><table><tr><th></th><th>promise</th><th>figures</th></tr>{rows}</table>"
        f"<h2>Age of the forecasts served, seconds</h2>{_picture(ages, spans, limit)}"
        f"<h2>Faults</h2><table><tr><th>fault</th><th>began, s</th><th>ended</th><th>over</th></tr>{faults}</table>"
        "</html>\n"
    )


def _picture(ages: Sequence[AgeReading], spans: Sequence[FaultSpan], limit: float) -> str:
    last = max((reading.at for reading in ages), default=1.0)
    tallest = max(limit * 2, *(reading.age or 0.0 for reading in ages), 1.0)

    def x(at: float) -> float:
        return LEFT + at / last * (WIDTH - LEFT - 8)

    def y(age: float) -> float:
        return HEIGHT - BOTTOM - age / tallest * (HEIGHT - BOTTOM - 70)

    parts = []
    for number, span in enumerate(spans):
        left, width = x(span.began), max(x(span.over) - x(span.began), 1)
        parts.append(
            f'<rect x="{left:.1f}" y="64" width="{width:.1f}" height="{HEIGHT - BOTTOM - 64}" fill="#f6dcc2"/>'
        )
        parts.append(
            f'<text x="{left:.1f}" y="{58 - number % 4 * 13}" style="font-size:10px">{escape(span.name)}</text>'
        )
    parts.append(f'<path d="M{LEFT} {y(limit):.1f}H{WIDTH - 8}" stroke="#b00020" stroke-dasharray="4 3"/>')
    for step in range(5):
        age, at = tallest * step / 4, last * step / 4
        parts.append(f'<text x="{LEFT - 6}" y="{y(age) + 4:.1f}" text-anchor="end">{age:.0f}</text>')
        parts.append(f'<text x="{x(at):.1f}" y="{HEIGHT - 8}" text-anchor="middle">{at:.0f} s</text>')
    for name in sorted({reading.replica for reading in ages}):
        for points in _unbroken(ages, name):
            line = " ".join(f"{x(at):.1f},{y(age):.1f}" for at, age in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{INK.get(name, "#444")}" stroke-width="1.4"/>')
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" '
        f'aria-label="Age of the forecasts of both replicas over time, faults shaded">{"".join(parts)}</svg>'
    )


def _unbroken(ages: Sequence[AgeReading], replica: str) -> list[list[tuple[float, float]]]:
    """The readings of one replica as lines, interrupted where it did not answer."""
    lines: list[list[tuple[float, float]]] = [[]]
    for reading in ages:
        if reading.replica != replica:
            continue
        if reading.age is None:
            lines.append([])
        else:
            lines[-1].append((reading.at, reading.age))
    return [line for line in lines if line]
