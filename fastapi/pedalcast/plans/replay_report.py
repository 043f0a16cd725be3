"""The replay's figures as a table."""

from __future__ import annotations

from collections.abc import Mapping

from pedalcast.plans.plan_replay import AdviceTally

COLUMNS = ("questions", "go", "go_held", "sent", "sent_needed", "sent_helped", "nowhere", "served")


def as_table(scores: Mapping[str, AdviceTally]) -> str:
    """A Markdown table, a line an adviser; shares in percent."""
    lines = [f"| adviser | {' | '.join(COLUMNS)} |", f"|---|{'---|' * len(COLUMNS)}"]
    for adviser, tally in scores.items():
        row = tally.row()
        cells = [f"{value:,}" if isinstance(value := row[name], int) else f"{value:.2%}" for name in COLUMNS]
        lines.append(f"| {adviser} | {' | '.join(cells)} |")
    return "\n".join(lines)
