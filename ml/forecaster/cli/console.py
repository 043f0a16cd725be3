"""Output of commands: results on the standard output, progress and errors on the standard error."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

AdvanceBar = Callable[[str, float], None]  # (what is being done, share of it done)
_JSON = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS | orjson.OPT_NON_STR_KEYS
_JSON |= orjson.OPT_SERIALIZE_NUMPY


class CommandError(Exception):
    """A command cannot do what it was asked; the message is one line for the person who asked."""


def to_json(value: Any) -> bytes:
    """As `--json` prints it: UTF-8, indented, times in RFC 3339, NaN as null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    return orjson.dumps(value, option=_JSON | orjson.OPT_APPEND_NEWLINE)


def print_json(value: Any) -> None:
    """Print a result for programs."""
    sys.stdout.write(to_json(value).decode())


def write_json(value: Any, to: Path | None) -> bool:
    """Write a result for programs to a file, or to the standard output where that is `-`; whether the standard output
    is still free for people."""
    if to is not None and str(to) == "-":
        print_json(value)
        return False
    if to is not None:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(to_json(value))
    return True


def print_lines(*lines: str) -> None:
    """Print a result for people."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str | None = None) -> None:
    """Print a table for people; the first column is text, the others are set flush right."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 160).print(table, markup=False)


@contextmanager
def progress_bar() -> Iterator[AdvanceBar]:
    """A bar for each thing being done, on a terminal; silent elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, *times, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def advance(doing: str, share: float) -> None:
            if doing not in tasks:
                tasks[doing] = bars.add_task(doing, total=1.0)
            bars.update(tasks[doing], completed=share)

        yield advance
