"""What was measured, what is to be reached, and how both are shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is to reach: at least, or at most, `value`."""

    value: float
    at_most: bool = False

    def met(self, figure: float) -> bool:
        return figure <= self.value if self.at_most else figure >= self.value

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.value:g}"


def at_least(value: float) -> Target:
    return Target(value)


def at_most(value: float) -> Target:
    return Target(value, at_most=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number."""

    name: str
    value: float
    target: Target | None


class Report:
    """Collects figures as they are measured; names are unique."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self.figures: dict[str, Figure] = {}

    def add(self, name: str, value: float, target: Target | None = None) -> None:
        """Note a figure; names end in their unit (`_ms`, `_s`, `_mb`) where they have one."""
        if name in self.figures:
            raise ValueError(f"{name} was measured already")
        self.figures[name] = Figure(name, value, target)

    def note(self, text: str) -> None:
        """Say what is being done."""
        self.console.print(f"[dim]{text}[/dim]", highlight=False)

    @property
    def missed(self) -> list[Figure]:
        """The figures that do not reach their targets."""
        return [figure for figure in self.figures.values() if figure.target and not figure.target.met(figure.value)]

    def show(self) -> None:
        """Print all figures as a table."""
        table = Table("figure", "measured", "to reach", "")
        table.columns[1].justify = "right"
        for figure in self.figures.values():
            verdict = "" if figure.target is None else ("✓" if figure.target.met(figure.value) else "✗")
            table.add_row(figure.name, _shown(figure.value), str(figure.target or ""), verdict)
        self.console.print(table)

    def write(self, path: Path) -> None:
        """Write a flat map of names to numbers."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({name: figure.value for name, figure in self.figures.items()}, indent=2) + "\n")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
