"""Several processes that answer on one socket, started again when one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

LOOK_S = 0.2
AGAIN_AFTER_S = 1.0
SHORT_S = 30.0  # a process that ends sooner has not worked
MOST_SHORT = 5
GRACE_S = 20.0


class ProcessGroupError(RuntimeError):
    """The processes end again and again; the message is one line."""


@dataclass(slots=True)
class _Member:
    process: subprocess.Popen[bytes]
    started: float
    restart_at: float | None = None


class ProcessGroup:
    """Runs `command(number)` for every number below `count`, each with the files `keep` open.

    A process learns that this one has gone by the end of its standard input (`stop_with_parent`).
    """

    def __init__(self, count: int, command: Callable[[int], list[str]], *, keep: tuple[int, ...] = ()) -> None:
        self._count = count
        self._command = command
        self._keep = keep
        self._short = 0

    def run(self) -> None:
        """Return never: until an exception (a signal's) ends all of them in order. Raises `ProcessGroupError`."""
        members: dict[int, _Member] = {}
        try:
            for number in range(self._count):
                members[number] = self._start(number)
            while True:
                time.sleep(LOOK_S)
                for number, member in members.items():
                    self._look_after(number, member, members)
        finally:
            _end([member.process for member in members.values()])

    def _look_after(self, number: int, member: _Member, members: dict[int, _Member]) -> None:
        code, now = member.process.poll(), time.monotonic()
        if code is None:
            if now - member.started > SHORT_S:
                self._short = 0
            return
        if member.restart_at is None:
            _close(member.process)
            log.error("process ended", number=number, pid=member.process.pid, code=code)
            self._short += now - member.started < SHORT_S
            if self._short >= MOST_SHORT:
                raise ProcessGroupError(f"{self._short} processes in a row ended at their start, the last with {code}")
            member.restart_at = now + AGAIN_AFTER_S
        elif now >= member.restart_at:
            members[number] = self._start(number)

    def _start(self, number: int) -> _Member:
        process = subprocess.Popen(  # noqa: S603 (the commands are ours)
            self._command(number), stdin=subprocess.PIPE, pass_fds=self._keep
        )
        return _Member(process, time.monotonic())


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            process.terminate()
    until = time.monotonic() + GRACE_S
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _close(process)


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def stop_with_parent() -> None:
    """Ask this process to stop (SIGTERM) when its standard input ends: whoever started it has gone."""

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
