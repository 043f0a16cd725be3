"""Verification of live forecasts: each is stored until its target time, then matched with what was observed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import structlog

from collector.snapshot import POLL_SECONDS
from forecaster.arrays import Floats
from forecaster.window import Window
from pedalcast.forecasts.forecast_run import ForecastRun
from pedalcast.forecasts.inputs.poll_window import PollWindow
from pedalcast.forecasts.leadership.lease import HeldLease
from pedalcast.forecasts.verification.matched_forecast import MatchedForecast
from pedalcast.forecasts.verification.pending_runs import PendingRun, PendingRunStore

TOLERANCE = timedelta(seconds=POLL_SECONDS / 2)
log = structlog.get_logger(__name__)


class ForecastVerifier:
    """Matches forecasts with the nearest poll to their target, within `tolerance`.

    `matured` is given the outcomes of each poll, `missed` the horizon in minutes of each forecast that no poll was near
    enough to. Only the leader verifies; a new leader continues with what Redis holds. For the loop's thread.
    """

    def __init__(
        self,
        store: PendingRunStore,
        matured: Callable[[Sequence[MatchedForecast]], None],
        missed: Callable[[int], None] = lambda _: None,
        tolerance: timedelta = TOLERANCE,
    ) -> None:
        self._store = store
        self._matured = matured
        self._missed = missed
        self._tolerance = int(tolerance.total_seconds())
        self._waiting: dict[str, tuple[PendingRun, set[int]]] = {}  # run -> the places of its horizons still to come
        self._fence: int | None = None

    def polled(self, ring: PollWindow, held: HeldLease) -> None:
        """Match every forecast whose target time has passed. Raises redis-py's errors when Redis is away."""
        if held.fence != self._fence:
            self._restore(held)
        if ring.last is None:
            return
        window = ring.window()
        due = {run: waiting for run, waiting in self._waiting.items() if _is_due(*waiting, ring.last)}
        outcomes = [
            outcome for pending, places_left in due.values() for outcome in self._match(window, pending, places_left)
        ]
        if outcomes:
            self._matured(outcomes)
        if due:
            self._store.keep({run: places_left for run, (_, places_left) in due.items()})
        self._waiting = {run: waiting for run, waiting in self._waiting.items() if waiting[1]}

    def made(self, run: ForecastRun, held: HeldLease) -> None:
        """Store a run until its target times."""
        if held.fence != self._fence:
            self._restore(held)
        pending = PendingRun.of(run)
        self._waiting[pending.run] = pending, set(range(len(pending.minutes)))
        self._store.put(pending)

    def _restore(self, held: HeldLease) -> None:
        self._waiting = {waiting.run: (waiting, places_left) for waiting, places_left in self._store.all()}
        self._fence = held.fence

    def _match(self, window: Window, pending: PendingRun, places_left: set[int]) -> list[MatchedForecast]:
        outcomes = []
        newest = int(window.times[-1])
        for at in sorted(place for place in places_left if pending.targets[place] <= newest):
            places_left.discard(at)
            row = nearest(window.times, pending.targets[at], self._tolerance)
            if row is None:
                self._missed(pending.minutes[at])
                continue
            ids, to = window.stations.ids, pending.ids
            bikes, docks = (select(rows[row], ids, to) for rows in (window.bikes, window.docks))
            outcomes.append(MatchedForecast(pending, at, int(window.times[row]), bikes, docks))
        return outcomes


def _is_due(pending: PendingRun, places_left: set[int], newest: int) -> bool:
    return any(pending.targets[place] <= newest for place in places_left)


def nearest(times: npt.NDArray[np.int64], target: int, tolerance: int) -> int | None:
    """The row of the poll nearest to `target`, None when none is within `tolerance` seconds."""
    distance = np.abs(times - target)
    row = int(distance.argmin())
    return row if distance[row] <= tolerance else None


def select(row: Floats, ids: tuple[str, ...], wanted: tuple[str, ...]) -> Floats:
    """The row's numbers for `wanted`, NaN for stations it does not have."""
    if ids is wanted or ids == wanted:
        return row.copy()
    place = {name: at for at, name in enumerate(ids)}
    padded = np.append(row, np.float32(np.nan))
    return padded[[place.get(name, -1) for name in wanted]]
