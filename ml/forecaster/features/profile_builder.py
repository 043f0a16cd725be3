"""Gathering a profile from history, chunk by chunk, in memory that does not grow with the history's length."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.features.local_time import SLOT, SLOTS, WEEK, local_seconds
from forecaster.features.profile import QUANTITIES, Profile, smooth
from forecaster.window import HistoryChunk, StationSet

FOLDS = 8
LONGEST_STEP = 2_700  # seconds between polls above which what came and went in between is not known
RATE_STRENGTH = 3.0  # hours of observation that the prior of a flow counts for
LEVEL_STRENGTH = 1.0  # hours that the prior of a level counts for


@dataclass(frozen=True, slots=True)
class PartialSums:
    """Sums of C cells of `ProfileSums`: `amount` [C, QUANTITIES, N], hours [C, N], extremes [N]."""

    fold: npt.NDArray[np.int64]
    slot: npt.NDArray[np.int64]
    amount: Floats
    flow_hours: Floats
    level_hours: Floats
    total: Floats
    most: Floats
    rows: int
    polls: int


@dataclass(slots=True)
class ProfileSums:
    """Sums by fold, slot of the week and station; local week w goes into fold w % `FOLDS`, or day by day where `unit`
    (seconds) is a day.

    A profile for training leaves out the fold that the row itself lies in: one that includes the row's own future looks
    wonderful in training and fails afterwards.
    """

    stations: StationSet
    unit: int = WEEK
    amount: Floats = field(init=False)  # [FOLDS, QUANTITIES, SLOTS, N]
    flow_hours: Floats = field(init=False)  # [FOLDS, SLOTS, N]
    level_hours: Floats = field(init=False)
    total: Floats = field(init=False)
    most: Floats = field(init=False)
    rows: int = 0
    polls: int = 0

    def __post_init__(self) -> None:
        count = len(self.stations.ids)
        self.amount = np.zeros((FOLDS, QUANTITIES, SLOTS, count), np.float32)
        self.flow_hours = np.zeros((FOLDS, SLOTS, count), np.float32)
        self.level_hours = np.zeros((FOLDS, SLOTS, count), np.float32)
        self.total = np.full(count, np.nan, np.float32)
        self.most = np.full(count, np.nan, np.float32)

    def add(self, chunk: HistoryChunk) -> None:
        """Count a chunk's own polls, each together with the step to the poll after it (window's end permitting)."""
        window, inside = chunk.window, chunk.inside()
        rows = np.arange(inside.start, min(inside.stop, len(window.times) - 1))
        if not len(rows):
            return
        bikes, docks, later = window.bikes[rows], window.docks[rows], window.bikes[rows + 1]
        seconds = (window.times[rows + 1] - window.times[rows]).astype(np.float32)
        hours = np.minimum(seconds, LONGEST_STEP)[:, None] / np.float32(3600)
        seen = ~np.isnan(bikes)
        observed = seen & ~np.isnan(later) & (seconds <= LONGEST_STEP)[:, None]
        change = np.where(observed, later - bikes, 0)
        level = np.where(seen, hours, 0)
        at = self._cells(window.times[rows])
        for quantity, values in enumerate(
            (np.maximum(change, 0), np.maximum(-change, 0), np.where(seen, bikes, 0) * level)
        ):
            _add(self.amount[:, quantity], at, values)
        _add(self.amount[:, 3], at, (bikes == 0) * level)
        _add(self.amount[:, 4], at, (docks == 0) * level)
        _add(self.flow_hours, at, np.where(observed, hours, 0))
        _add(self.level_hours, at, level)
        self._note_extremes(bikes, docks)
        self.rows += int(seen.sum())
        self.polls += len(rows)

    def part(self) -> PartialSums:
        """What was added, without the cells that nothing was added to: what one day needs of a week is little."""
        fold, slot = np.nonzero((self.level_hours != 0).any(axis=2) | (self.flow_hours != 0).any(axis=2))
        return PartialSums(
            fold, slot,
            self.amount[fold, :, slot], self.flow_hours[fold, slot], self.level_hours[fold, slot],
            self.total, self.most, self.rows, self.polls,
        )  # fmt: skip

    def add_part(self, part: PartialSums) -> None:
        """Add what another one has summed up of the same stations. Parts of days, added in the days' order, make the
        sums that the days themselves would have made."""
        self.amount[part.fold, :, part.slot] += part.amount
        self.flow_hours[part.fold, part.slot] += part.flow_hours
        self.level_hours[part.fold, part.slot] += part.level_hours
        self.total, self.most = np.fmax(self.total, part.total), np.fmax(self.most, part.most)
        self.rows += part.rows
        self.polls += part.polls

    def _note_extremes(self, bikes: Floats, docks: Floats) -> None:
        self.total = np.fmax(self.total, np.fmax.reduce(bikes + docks, axis=0))
        self.most = np.fmax(self.most, np.fmax.reduce(bikes, axis=0))

    def folds(self, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The fold of each time."""
        folds: npt.NDArray[np.int64] = local_seconds(times, self.stations.timezone) // self.unit % FOLDS
        return folds

    def _cells(self, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Fold and slot of each time as one index into [FOLDS * SLOTS]."""
        slots = local_seconds(times, self.stations.timezone) % WEEK // SLOT
        return self.folds(times) * SLOTS + slots

    def profile(self, without: int | None = None) -> Profile:
        """The profile of all there was, or of all but the fold `without`."""
        amount, flow, level = self.amount.sum(0), self.flow_hours.sum(0), self.level_hours.sum(0)
        if without is not None:
            amount = amount - self.amount[without]
            flow, level = flow - self.flow_hours[without], level - self.level_hours[without]
        return self.smoothed(self.stations, amount, (flow, level), (self.total, self.most))

    @staticmethod
    def smoothed(
        stations: StationSet, amount: Floats, hours: tuple[Floats, Floats], extremes: tuple[Floats, Floats]
    ) -> Profile:
        """A profile from sums over all folds: `amount` [QUANTITIES, SLOTS, N], `hours` of flows and
        of levels [SLOTS, N], `extremes` (the most bikes and docks together, the most bikes) [N]."""
        layers = [smooth(amount[q], hours[0], strength=RATE_STRENGTH) for q in range(2)]
        layers += [smooth(amount[q], hours[1], strength=LEVEL_STRENGTH) for q in range(2, QUANTITIES)]
        table = np.stack(layers, axis=1).astype(np.float16).astype(np.float32)  # what a stored model keeps
        lat, lon = stations.lat.astype(np.float32), stations.lon.astype(np.float32)
        return Profile(stations.ids, table, *extremes, lat, lon)


def _add(sums: Floats, at: npt.NDArray[np.int64], values: npt.NDArray[np.floating]) -> None:
    """Add values [T, N] to `sums` [FOLDS, SLOTS, N] at cells `at`; times that share a cell lie together."""
    starts = np.flatnonzero(np.diff(at, prepend=at[0] - 1))
    fold, slot = np.divmod(at[starts], SLOTS)
    np.add.at(sums, (fold, slot), np.add.reduceat(values, starts, axis=0).astype(np.float32))
