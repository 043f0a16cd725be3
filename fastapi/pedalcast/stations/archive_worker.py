"""The thread that archives polls: in every replica, each poll by one of them."""

from __future__ import annotations

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from forecaster.archiving.archiver import Archiver
from pedalcast.kit.runtime.background_worker import BackgroundWorker, Backoff
from pedalcast.kit.runtime.thread_priority import PriorityGate

EVERY_S = 5.0
AT_MOST_S = 1.0  # how long a forecast that is being made may keep it waiting
BACKOFF = Backoff(first_s=5.0, longest_s=60.0)
LATE_AFTER_S = 600.0  # a round may have hours of polls to write
log = structlog.get_logger(__name__)


class ArchiveWorker:
    """Runs the archiver. While Redis or the object store is away the stream keeps the polls, for three days."""

    def __init__(
        self,
        archiver: Archiver,
        registry: CollectorRegistry,
        *,
        backoff: Backoff = BACKOFF,
        first: PriorityGate | None = None,
    ) -> None:
        self._archiver = archiver
        self._first = first or PriorityGate()
        self._polls = Counter("pedalcast_archived_polls_total", "Polls written into the history", registry=registry)
        self._failures = Counter(
            "pedalcast_archive_failures_total", "Attempts that failed", ["reason"], registry=registry
        )
        self._last = Gauge(
            "pedalcast_archive_last_success_timestamp_seconds", "When archiving last went well", registry=registry
        )
        self.worker = BackgroundWorker(
            "archiver",
            self._archive,
            every_s=EVERY_S,
            late_after_s=LATE_AFTER_S,
            backoff=backoff,
            on_failure=lambda error: self._failures.labels(type(error).__name__).inc(),
        )

    def _archive(self) -> None:
        self._first.wait(AT_MOST_S)
        self._polls.inc(self._archiver.run_once())
        self._last.set_to_current_time()
