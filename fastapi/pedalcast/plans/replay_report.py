"""The replay's figures as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pedalcast.plans.plan_replay import AdviceTally

COLUMNS = ("questions", "go", "go_held", "sent", "sent_needed", "sent_helped", "nowhere", "served")


def as_table(scores: Mapping[str, AdviceTally]) -> str:
    """A Markdown table, a line an adviser; shares in percent."""
    lines = [f"| adviser | {' | '.join(COLUMNS)} |", f"|---|{'---|' * len(COLUMNS)}"]
    for adviser, tally in scores.items():
        row = tally.row()
        cells = [_cell(row[name]) for name in COLUMNS]
        lines.append(f"| {adviser} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "" if math.isnan(value) else f"{value:.2%}"
