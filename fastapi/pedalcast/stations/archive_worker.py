"""The thread that archives polls: in every replica, each poll by one of them."""

from __future__ import annotations

import threading

import redis
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from forecaster.archiving.archiver import Archiver, SystemMismatch
from forecaster.objects import ObjectError
from pedalcast.kit.runtime.thread_priority import PriorityGate, lower_priority

EVERY_S = 5.0
AT_MOST_S = 1.0  # how long a forecast that is being made may keep it waiting
BACKOFF_S = (5.0, 10.0, 30.0, 60.0)
log = structlog.get_logger(__name__)


class ArchiveWorker:
    """Runs the archiver. While Redis or the object store is away the stream keeps the polls, for three days."""

    def __init__(
        self,
        archiver: Archiver,
        registry: CollectorRegistry,
        *,
        backoff_s: tuple[float, ...] = BACKOFF_S,
        first: PriorityGate | None = None,
    ) -> None:
        self._archiver = archiver
        self._first = first or PriorityGate()
        self._backoff_s = backoff_s
        self._polls = Counter("pedalcast_archived_polls_total", "Polls written into the history", registry=registry)
        self._failures = Counter(
            "pedalcast_archive_failures_total", "Attempts that failed", ["reason"], registry=registry
        )
        self._last = Gauge(
            "pedalcast_archive_last_success_timestamp_seconds", "When archiving last went well", registry=registry
        )
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, name="archiver", daemon=True)

    def _run(self) -> None:
        lower_priority()
        failures = 0
        while not self.stop.is_set():
            self._first.wait(AT_MOST_S)
            try:
                self._polls.inc(self._archiver.run_once())
                self._last.set_to_current_time()
                failures = 0
            except (redis.RedisError, ObjectError, SystemMismatch) as error:
                failures = self._failed(error, failures)
            self.stop.wait(self._backoff_s[min(failures, len(self._backoff_s)) - 1] if failures else EVERY_S)

    def _failed(self, error: Exception, failures: int) -> int:
        self._failures.labels(type(error).__name__).inc()
        if failures == 0:
            log.warning("polls wait to be archived", reason=str(error))
        return failures + 1
