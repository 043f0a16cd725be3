"""Parsing in a process of its own, with limits of memory and time: a file may bring it down, and nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What parsing one file may take: seconds on the clock, and bytes of memory."""

    seconds: float = 600.0
    memory: int = 2 << 30


_TOO_MUCH = ParseError("too_large", "The file needs more memory than one file may take.")
OnPages = Callable[[int, int], None]


def parse_in_child(  # noqa: PLR0917 (what to read, then how to follow it)
    path: Path,
    name: str,
    limits: ParseLimits,
    on_page: OnPages | None = None,
    stop: Callable[[], bool] = lambda: False,
    pictures: Path | None = None,
) -> ParsedDocument:
    """The file's text. `on_page` is called with (pages done, pages in all) at every page and every second; `stop`
    is asked then. The file's pictures are written into the folder `pictures`, where one is given.

    Raises `ParseError`: what the file's reader says, or "timed_out", "too_large", "damaged" (the process died),
    "cancelled".
    """
    with tempfile.TemporaryDirectory(prefix="pedalcast-parse-") as folder:
        output = Path(folder) / "document.json"
        module = [sys.executable, "-m", "pedalcast.documents.parsing"]
        command = [*module, str(path), name, str(output), str(limits.memory)]
        command.append("" if pictures is None else str(pictures))
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,  # noqa: S603 (ours)
                              start_new_session=True) as process:  # fmt: skip
            timed_out = _follow(process, limits.seconds, on_page, stop)
        if timed_out:
            raise ParseError("timed_out", "Reading the file took too long.")
        if stop():
            raise ParseError("cancelled", "The upload was cancelled.")
        return _outcome(output, process.returncode)


def _follow(process: subprocess.Popen[str], seconds: float, on_page: OnPages | None, stop: Callable[[], bool]) -> bool:
    """Wait for the process, passing on its progress. Returns whether the time ran out."""
    over, done, total = threading.Event(), 0, 0

    def end() -> None:
        over.set()
        _kill(process)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        assert process.stdout is not None  # noqa: S101 (asked for)
        for line in process.stdout:
            if stop():
                _kill(process)
            elif on_page is not None:
                done, total = map(int, line.split()[1:3]) if line.startswith("page ") else (done, total)
                on_page(done, total)
        process.wait()
    finally:
        timer.cancel()
        _kill(process)
    return over.is_set()


def _kill(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def _outcome(output: Path, returncode: int) -> ParsedDocument:
    if not output.exists():
        code = -returncode
        raise (
            _TOO_MUCH
            if code in {signal.SIGKILL, signal.SIGABRT, signal.SIGXCPU}
            else ParseError("damaged", "The file is damaged.")
        )
    fields = json.loads(output.read_bytes())
    if "code" in fields:
        raise ParseError(fields["code"], fields["message"])
    return ParsedDocument(**fields)
