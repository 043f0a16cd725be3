"""What the run tells the one who started it: a line a step, a bar where one takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

Advance = Callable[[float], None]  # the share done, 0 … 1


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
    def progress(self, text: str) -> Iterator[Advance]:
        """A bar while the block runs; the block says how far it is."""
        if self.console.is_terminal:
            with self._bar() as bar:
                task = bar.add_task(text, total=1.0)
                yield lambda share: bar.update(task, completed=share)
        else:
            yield self._lines(text)
        self.done(text)

    def _bar(self) -> Progress:
        columns = (TextColumn("  {task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self.console, transient=True)

    def _lines(self, text: str) -> Advance:
        told = 0

        def advance(share: float) -> None:
            nonlocal told
            if share * 4 >= told + 1:
                told = int(share * 4)
                self.console.print(f"  {text} {told * 25} %", soft_wrap=True)

        return advance
