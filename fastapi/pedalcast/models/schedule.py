"""When a new model is trained without a request. Redis `retrain:next`: epoch seconds of the feed's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import redis

from collector.clocks import Clock
from forecaster.history import History
from forecaster.registry.registry import Registry
from pedalcast.models.jobs.job import Job, Trigger
from pedalcast.models.jobs.retrain_request import RetrainRequest
from pedalcast.models.jobs.service import JobRunningError, JobService

KEY = "retrain:next"
RETRY = timedelta(hours=1)  # after a retraining that failed


class RetrainSchedule:
    """Trains the first model as soon as there is enough history, then another every `every`. For one replica.

    Raises the object store's and redis-py's errors.
    """

    def __init__(
        self,
        client: redis.Redis,
        jobs: JobService,
        registry: Registry,
        history: History,
        clock: Clock,
        *,
        every: timedelta,
        first_after: timedelta,
    ) -> None:
        self._redis = client
        self._jobs = jobs
        self._registry = registry
        self._history = history
        self._clock = clock
        self._every = every
        self._first_after = first_after

    def tick(self) -> Job | None:
        """Start the retraining that is due; the job, None where none was started."""
        if not self._every:
            return None
        now, due = self._clock.now(), self.due
        if (due is not None and now < due) or self._at_work():
            return None
        # Looked at after the jobs: one that ends in between has kept its version before.
        newest = next(iter(self._registry.versions()), None)
        if newest is None:
            return self._start("first") if self._enough() else None
        if due is None and newest.data is not None and now < newest.data.end + self._every:
            self._set(newest.data.end + self._every)
            return None
        return self._start("schedule")

    def ended(self, job: Job) -> None:
        """Try again soon after a scheduled retraining that failed."""
        if job.state == "failed" and job.trigger != "request":
            self._set(self._clock.now() + min(RETRY, self._every))

    @property
    def due(self) -> datetime | None:
        """When the next retraining is due; None before the first tick."""
        stored: Any = self._redis.get(KEY)
        return None if stored is None else datetime.fromtimestamp(float(stored), UTC)

    def _at_work(self) -> bool:
        return any(not job.over for job in self._jobs.newest(1))

    def _enough(self) -> bool:
        span = self._history.span()
        return span is not None and span[1] - span[0] >= self._first_after

    def _start(self, trigger: Trigger) -> Job | None:
        try:
            job = self._jobs.retrain(RetrainRequest(), trigger)
        except JobRunningError:
            return None
        self._set(self._clock.now() + self._every)
        return job

    def _set(self, due: datetime) -> None:
        self._redis.set(KEY, due.timestamp())
