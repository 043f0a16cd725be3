"""The thread that keeps published forecasts, and removes those that are older than they are to be kept."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from itertools import groupby

import polars as pl
import structlog

from collector.clocks import Clock
from forecaster.objects import ObjectStore
from pedalcast.forecasts.archive.forecast_file import HOUR, ROOT, add, hour_of_key, rows_of
from pedalcast.forecasts.forecast_run import ForecastRun
from pedalcast.forecasts.leadership.lease import HeldLease
from pedalcast.kit.runtime.background_worker import BackgroundWorker, Backoff

WAITING = 36  # runs held while the object store is away: three hours
LOOK_EVERY_S = 60.0
AFTER_S = 1.0  # nobody waits for the archive: what answers riders with the new run is made first
RETRY = Backoff(first_s=1.0, longest_s=60.0)
log = structlog.get_logger(__name__)


class ForecastArchiver:
    """Keeps what this replica forecasts as the leader. Neither the encoding nor a slow store delays a forecast."""

    def __init__(self, objects: ObjectStore, clock: Clock, kept: timedelta) -> None:
        """`kept`: how long; zero keeps nothing and removes nothing."""
        self._objects = objects
        self._clock = clock
        self._kept = kept
        self._runs: deque[ForecastRun] = deque(maxlen=WAITING)
        self._cleaned_hour = 0
        self.worker = BackgroundWorker(
            "forecast-archiver", self.flush, every_s=LOOK_EVERY_S, backoff=RETRY, on_stop=self.flush
        )

    def made(self, run: ForecastRun, _: HeldLease) -> None:
        """Queue a run."""
        if self._kept:
            self._runs.append(run)
            self.worker.wake()

    def flush(self) -> None:
        """Write what is queued. Raises `ObjectError`; what was not written stays for the next time."""
        if self._runs:
            self.worker.stopping.wait(AFTER_S)
        for hour, runs in groupby(list(self._runs), key=lambda run: run.info.base // HOUR):
            written = list(runs)
            add(self._objects, hour * HOUR, pl.concat([rows_of(run) for run in written]))
            for run in written:
                if self._runs and self._runs[0] is run:
                    self._runs.popleft()
        self._remove_old()

    def _remove_old(self) -> None:
        """Once an hour."""
        hour = int(self._clock.now().timestamp()) // HOUR
        if not self._kept or hour == self._cleaned_hour:
            return
        oldest = hour * HOUR - int(self._kept.total_seconds())
        old = [key for key in self._objects.list(ROOT) if (start := hour_of_key(key)) is not None and start < oldest]
        for key in old:
            self._objects.delete(key)
        self._cleaned_hour = hour
        if old:
            log.info("old forecasts removed", hours=len(old))
