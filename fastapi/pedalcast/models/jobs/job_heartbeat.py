"""The heartbeat of a job's process, and what ends the process: a cancellation, a successor, its service's end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import FileIO

import redis

from pedalcast.kit.runtime.background_worker import FINISHED, BackgroundWorker
from pedalcast.models.jobs.repository import JobRepository, JobSignal

CANCELLED, SUPERSEDED, ORPHANED = 4, 5, 6  # exit codes
SHORTEST_S = 0.05  # between two heartbeats, however short the lease


class Heartbeat:
    """Stores heartbeats of one job from a thread of its own; `progress` may be called as often as one likes.

    What ends the process early ends it at once (`os._exit`): every write of a job is atomic, so that nothing is left
    half done. A block inside `undisturbed` is completed first.
    """

    def __init__(
        self, jobs: JobRepository, job_id: str, *, lease: timedelta, leave: Callable[[int], None] = os._exit
    ) -> None:
        self._jobs = jobs
        self._job = job_id
        self._leave = leave
        self._busy = threading.Lock()
        self._completed = False
        self._progress: dict[str, str | float] = {}
        every_s = max(lease.total_seconds() / 15, SHORTEST_S)
        self._worker = BackgroundWorker("heartbeat", self._beat, every_s=every_s, background=False)

    def progress(self, stage: str, share: float, message: str = "") -> None:
        """How far the work is: `share` of the whole, 0 … 1. Stored with the next heartbeat."""
        self._progress = {"stage": stage, "percent": round(100 * min(max(share, 0.0), 1.0), 1), "message": message}

    @contextmanager
    def beating(self, lifeline: FileIO) -> Iterator[Heartbeat]:
        """Beat while the block runs. The end of `lifeline` means that the service which started this has died."""
        BackgroundWorker("lifeline", lambda: self._read_to_end(lifeline), background=False).start()
        self._worker.start()
        try:
            yield self
        finally:
            self._worker.stop()

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Nothing ends the process inside this block, nor after it: then only the outcome is left to store."""
        with self._busy:
            yield
            self._completed = True

    def _beat(self) -> None:
        # Errors of Redis are retried: the work goes on; without Redis for longer than the lease it counts as lost.
        signal = self._jobs.beat(self._job, **self._progress)
        if signal is JobSignal.CANCEL:
            self._end(CANCELLED)
        elif signal is JobSignal.STOP:
            self._end(SUPERSEDED)

    def _read_to_end(self, lifeline: FileIO) -> str:
        while lifeline.read(1):
            pass
        if not self._worker.stopping.is_set():
            self._end(ORPHANED)
        return FINISHED

    def _end(self, code: int) -> None:
        with self._busy:
            if self._worker.stopping.is_set() or self._completed:
                return
            with suppress(redis.RedisError):  # its lease runs out instead
                self._store_ending(code)
            self._leave(code)

    def _store_ending(self, code: int) -> None:
        if code == CANCELLED:
            self._jobs.finish(self._job, "cancelled", message="The job was cancelled.")
        elif code == ORPHANED:
            self._jobs.fail(self._job, "interrupted", "The job was interrupted: the service that ran it stopped.")
