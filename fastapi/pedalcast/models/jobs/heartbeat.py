"""A working process's signs of life, and what makes it stop: a cancellation, a successor, its service's end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import FileIO

import redis

from pedalcast.models.jobs.repository import JobRepository, JobSignal

CANCELLED, SUPERSEDED, ORPHANED = 4, 5, 6  # exit codes
ALWAYS = 0.05  # seconds that are never waited for between two signs of life, however short the lease


class Heartbeat:
    """Beats for one job in threads of its own; `progress` may be called as often as one likes.

    What ends the process early ends it at once (`os._exit`): every write of the work is atomic, so that nothing is
    left half done. Only what runs `undisturbed` is let through to its end first.
    """

    def __init__(
        self, jobs: JobRepository, job_id: str, *, lease: timedelta, leave: Callable[[int], None] = os._exit
    ) -> None:
        self._jobs = jobs
        self._job = job_id
        self._every = max(lease.total_seconds() / 15, ALWAYS)
        self._leave = leave
        self._busy = threading.Lock()
        self._stop = threading.Event()
        self._through = False
        self._now: dict[str, str | float] = {}
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)

    def progress(self, stage: str, share: float, message: str = "") -> None:
        """How far the work is: `share` of the whole, 0 … 1. It is told with the next sign of life."""
        self._now = {"stage": stage, "percent": round(100 * min(max(share, 0.0), 1.0), 1), "message": message}

    @contextmanager
    def beating(self, lifeline: FileIO) -> Iterator[Heartbeat]:
        """Beat while the block runs. The end of `lifeline` means that the service which started this is gone."""
        threading.Thread(target=self._listen, args=(lifeline,), name="lifeline", daemon=True).start()
        self._thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            self._thread.join()

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Nothing ends the process inside this block, nor once it is through: then only telling is left."""
        with self._busy:
            yield
            self._through = True

    def _beat(self) -> None:
        while not self._stop.wait(self._every):
            try:
                told = self._jobs.beat(self._job, **self._now)
            except redis.RedisError:
                continue  # the work goes on; without Redis for longer than the lease it counts as lost
            if told is JobSignal.CANCEL:
                self._end(CANCELLED)
            elif told is JobSignal.STOP:
                self._end(SUPERSEDED)

    def _listen(self, lifeline: FileIO) -> None:
        while lifeline.read(1):
            pass
        if not self._stop.is_set():
            self._end(ORPHANED)

    def _end(self, code: int) -> None:
        with self._busy:
            if self._stop.is_set() or self._through:
                return
            with suppress(redis.RedisError):  # its lease runs out instead
                self._say(code)
            self._leave(code)

    def _say(self, code: int) -> None:
        if code == CANCELLED:
            self._jobs.finish(self._job, "cancelled", message="The job was cancelled.")
        elif code == ORPHANED:
            self._jobs.fail(self._job, "interrupted", "The job was interrupted: the service that ran it stopped.")
