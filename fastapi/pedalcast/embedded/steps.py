"""Progress of the run on the terminal: a line a step, a bar where one takes long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


class StepProgress(Protocol):
    """Says how far something is."""

    def __call__(self, share: float, doing: str = "") -> None:
        """`share` is what is done, 0 … 1, of what is being done now."""


class Steps:
    """Speaks on stderr. Where that is no terminal, bars become a line at every quarter."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)

    def title(self, text: str) -> None:
        self.console.print(f"[bold]{text}[/]", soft_wrap=True)

    def done(self, text: str) -> None:
        self.console.print(f"[green]✓[/] {text}", soft_wrap=True)

    def note(self, text: str) -> None:
        self.console.print(f"[yellow]•[/] {text}", soft_wrap=True)

    @contextmanager
    def progress(self, text: str) -> Iterator[StepProgress]:
        """A bar while the block runs; the block says how far it is."""
        if not self.console.is_terminal:
            yield self._lines(text)
            return
        columns = (TextColumn("  {task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task(text, total=1.0)

            def advance(share: float, doing: str = "") -> None:
                bar.update(task, completed=share, description=_described(text, doing))

            yield advance

    def _lines(self, text: str) -> StepProgress:
        shown = ("", 0)

        def advance(share: float, doing: str = "") -> None:
            nonlocal shown
            quarter = (doing, int(share * 4))
            if quarter not in {shown, (doing, 0)}:
                shown = quarter
                self.console.print(f"  {_described(text, doing)} {quarter[1] * 25} %", soft_wrap=True)

        return advance


def _described(text: str, doing: str) -> str:
    return f"{text}: {doing}" if doing else text
