"""Training rows of a city at a given age: features from the window and profile available then, and the targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from forecaster.arrays import Ints
from forecaster.features import StationContext, build, context_of
from forecaster.features.profile import Profile
from forecaster.general.day_sums import DaySums, profile_of
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import LOOKBACK, MOMENT, Sample, target_reach
from forecaster.training.targets import targets
from forecaster.window import HistoryChunk, Window

A_DAY = 86_400.0
FIRST_PROFILE = timedelta(hours=3)  # of history, from which on a city has a profile
SHORTEST_STEP = 240.0  # seconds between the polls of a thinned window


@dataclass(frozen=True, slots=True)
class AgePlan:
    """Which rows to draw, `rows` in all, for `horizons` in minutes.

    A share `young` of the polls is built as in a city's first hours: no profile, and a window that begins between
    `window` seconds before. The others have the profile of the days before them, `profile_days` of them (None: any
    number, even on a logarithmic scale). `thin_to` (seconds) thins the polls of a window to a random spacing up to
    that; 0 leaves them as they are. `stations` is the share of a poll's stations that is drawn.
    """

    horizons: tuple[int, ...]
    rows: int
    young: float = 0.45
    window: tuple[float, float] = (300.0, 6 * 3_600.0)
    profile_days: float | None = None
    thin_to: int = 0
    stations: float = 0.25
    seed: int = 0


def draw_at_ages(
    history: HistorySource, start: datetime, end: datetime, plan: AgePlan, *, first: datetime | None = None
) -> Sample:
    """Rows from [`first`, `end`), by default from `start` on, whose profiles hold polls since `start` only.

    A profile holds days that are over when the row's own day begins; with `first` none from it on, as at the origin of
    a judgement. Nothing from `end` on is read. Raises `ValueError` when there is no row.
    """
    drawing = _AgeDrawing(history, plan, (end - (first or start)) / timedelta(days=1))
    samples: list[Sample] = []
    for chunk in history.windows(
        start, end - target_reach(plan.horizons) - MOMENT, lookback=LOOKBACK, lookahead=target_reach(plan.horizons)
    ):
        if first is None or chunk.end > first.timestamp():
            samples.extend(drawing.rows_of(chunk, (first or start).timestamp()))
        if first is None or chunk.end <= first.timestamp():
            drawing.days.append(DaySums.of(drawing.blank.stations, chunk))
    if not samples:
        raise ValueError(f"no polls between {first or start} and {end} with a later one to learn from")
    return Sample(*(np.concatenate([getattr(sample, name) for sample in samples]) for name in Sample.__slots__))


class _AgeDrawing:
    """Walks over one history: holds the sums of the days before, and draws rows of the current one."""

    def __init__(self, history: HistorySource, plan: AgePlan, days: float) -> None:
        stations = history.stations()
        self.blank = context_of(stations, Profile.blank(stations))
        self.days: list[DaySums] = []
        self._plan = plan
        self._random = np.random.default_rng(plan.seed)
        self._polls_a_day = plan.rows / max(days, 0.1) / max(len(stations.ids) * plan.stations, 1)

    def rows_of(self, chunk: HistoryChunk, first: float) -> Iterator[Sample]:
        """Rows of the chunk's polls from `first` (epoch seconds) on."""
        polls = self._chosen(chunk, first)
        passed = sum(day.hours for day in self.days)
        young = self._random.random(len(polls)) < self._plan.young
        if passed < FIRST_PROFILE / timedelta(hours=1):
            young[:] = self._plan.young > 0
        for poll in polls[young]:
            shortest, longest = np.sqrt(self._plan.window)
            yield self._rows(chunk, np.array([poll]), self.blank, int(self._random.uniform(shortest, longest) ** 2))
        if not young.all():
            yield self._rows(chunk, polls[~young], self._context(passed), int(LOOKBACK.total_seconds()))

    def _chosen(self, chunk: HistoryChunk, first: float) -> Ints:
        """Polls spread evenly over the chunk."""
        inside = chunk.inside()
        polls = np.arange(inside.start, inside.stop)
        polls = polls[chunk.window.times[polls] >= first]
        wanted = min(self._polls_a_day * (chunk.end - chunk.start) / A_DAY, len(polls))
        turn = np.floor(np.linspace(0, wanted, len(polls) + 1) + self._random.random())
        chosen: Ints = polls[np.diff(turn) > 0]
        return chosen

    def _context(self, passed: float) -> StationContext:
        """With the profile of the newest of the days passed, `passed` hours in all."""
        shortest = FIRST_PROFILE / timedelta(hours=1)
        hours = 24 * (self._plan.profile_days or 0) or float(
            np.exp(self._random.uniform(np.log(shortest), np.log(max(passed, shortest))))
        )
        return self.blank.with_profile(profile_of(self.blank.stations, _newest(self.days, hours)))

    def _rows(self, chunk: HistoryChunk, at: Ints, context: StationContext, age: int) -> Sample:
        """Rows of polls `at`, with features from a window that begins `age` seconds before each."""
        window, count = chunk.window, len(chunk.window.stations.ids)
        bikes, docks = (v.reshape(-1, len(self._plan.horizons)) for v in targets(window, at, self._plan.horizons))
        seen = ~np.isnan(window.bikes[at]).reshape(-1) & ~np.isnan(bikes).all(axis=1)
        rows = np.flatnonzero(seen & (self._random.random(len(seen)) < self._plan.stations))
        if self._plan.thin_to or age < LOOKBACK.total_seconds():
            x = np.concatenate([build(context, *self._as_seen(window, int(row), age)) for row in at])
        else:
            x = build(context, window, at)
        times, stations = np.repeat(window.times[at], count), np.tile(np.arange(count), len(at))
        unknown = np.full((len(rows), len(self._plan.horizons)), np.nan, np.float32)
        return Sample(x[rows], bikes[rows], docks[rows], unknown, times[rows], stations[rows])

    def _as_seen(self, window: Window, row: int, age: int) -> tuple[Window, Ints]:
        """The window up to a row's poll from `age` seconds before it on, thinned, and the row's place in it."""
        now = int(window.times[row])
        seen = _polls_of(window, np.flatnonzero((window.times >= now - age) & (window.times <= now)))
        if self._plan.thin_to:
            seen = _polls_of(seen, self._spaced(seen.times, age))
        return seen, np.array([len(seen.times) - 1])

    def _spaced(self, times: Ints, age: int) -> Ints:
        """Rows a random step apart, give or take a fifth, the last one among them."""
        step = self._random.uniform(SHORTEST_STEP, max(self._plan.thin_to, SHORTEST_STEP))
        back = np.cumsum(self._random.uniform(0.8, 1.2, int(age / step * 1.3) + 2) * step)
        wanted = times[-1] - np.concatenate([[0], back[back <= age]])
        return np.unique(np.searchsorted(times, wanted).clip(0, len(times) - 1))


def _newest(days: Sequence[DaySums], hours: float) -> Sequence[DaySums]:
    """The newest days that together hold so many hours of polls; at least one."""
    held = np.cumsum([day.hours for day in reversed(days)])
    count = int(np.searchsorted(held, hours - 1e-6)) + 1
    return days[-count:]


def _polls_of(window: Window, rows: Ints) -> Window:
    names = ("times", "bikes", "docks", "ebikes", "renting")
    return replace(window, **{name: getattr(window, name)[rows] for name in names})
