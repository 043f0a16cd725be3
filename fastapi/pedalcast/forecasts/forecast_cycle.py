"""The forecast cycle: the window, the features, the prediction, the write."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from collector.clocks import Clock
from collector.snapshot import snapshot_id
from forecaster.arrays import Floats
from forecaster.model.outage import fill_outages
from forecaster.window import Window
from pedalcast.forecasts.encoding.byte_matrix import ByteMatrix, RunTimes, body_head
from pedalcast.forecasts.forecast_run import ForecastRun, RunInfo, Timings
from pedalcast.forecasts.inputs.poll_intake import CycleStart
from pedalcast.forecasts.inputs.poll_window import PollWindow
from pedalcast.forecasts.leadership.lease import HeldLease
from pedalcast.forecasts.prediction.active_model import ActiveModel, TimedForecast
from pedalcast.forecasts.repository import ForecastRepository, PublishedRun
from pedalcast.forecasts.run_chances import RunChances
from pedalcast.forecasts.verification.pending_runs import PendingRun


class ForecastCycle:
    """Makes runs. `failed` is told the reason when the fallback had to step in. For one thread at a time."""

    def __init__(
        self,
        ring: PollWindow,
        models: ActiveModel,
        repository: ForecastRepository,
        clock: Clock,
        *,
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._ring = ring
        self._models = models
        self._repository = repository
        self._clock = clock
        self._failed = failed
        self._sheet: ByteMatrix | None = None
        self._count = 0

    def run(self, held: HeldLease, poll: CycleStart) -> tuple[ForecastRun, PublishedRun]:
        """Forecast every station and write it all under the lease; the run, and what replicas are to serve.

        Raises `LeaseLostError` when the lease is not held any more, redis-py's errors when Redis is away, ValueError
        when there is no poll yet.
        """
        with self._repository.writing(held) as write:
            window = self._ring.window(at=poll.at)
            timed = self._models.forecast(window)
            forecast = fill_outages(timed.forecast, window)
            forecast.p_dock[:, self._ring.unlimited] = 1
            started = time.perf_counter()
            info, stamps = self._stamps(held, window, timed)
            before = self._sheet
            self._sheet = sheet = ByteMatrix.for_run(before, self._ring.ids, info.model, info.minutes)
            sheet.fill(forecast, stamps)
            write(sheet, _removed(before, sheet))
            timings = Timings(poll.read, timed.features, timed.predict, time.perf_counter() - started)
        if timed.failure is not None:
            self._failed(timed.failure)
        run = ForecastRun(
            info, self._ring.ids, forecast, stamps, newest_counts(window.bikes), newest_counts(window.docks), timings
        )
        head = body_head(info.id, info.made_at, info.observed_at, info.model)
        chances = RunChances(lambda: PendingRun.of(run), self._ring.unlimited.copy())
        return run, PublishedRun(info, run.ids, sheet.body(head), len(head), sheet.layout.width, chances)

    def _stamps(self, held: HeldLease, window: Window, timed: TimedForecast) -> tuple[RunInfo, RunTimes]:
        base = int(window.times[-1])
        made_at = int(self._clock.now().timestamp())
        newest = self._ring.last or base
        minutes = tuple(timed.forecast.horizons)
        self._count += 1
        run_id = f"{snapshot_id(datetime.fromtimestamp(made_at, UTC))}-{held.fence:x}-{self._count}"
        info = RunInfo(run_id, made_at, newest, base, timed.model, minutes)
        return info, RunTimes(made_at, self._ring.observed_at, tuple(base + 60 * m for m in minutes))


def newest_counts(rows: Floats) -> Floats:
    """Each station's newest number, float32[N]; NaN where there is none."""
    newest: Floats = rows[-1].copy()
    for row in rows[-2::-1]:
        missing = np.isnan(newest)
        if not missing.any():
            break
        newest[missing] = row[missing]
    return newest


def _removed(before: ByteMatrix | None, now: ByteMatrix) -> list[str]:
    if before is None or before.layout.ids is now.layout.ids:
        return []
    return sorted(set(before.layout.ids) - set(now.layout.ids))
