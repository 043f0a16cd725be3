"""Draws rows from a history: features and targets. Memory grows with the sample, not with the history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats, Ints
from forecaster.features import FEATURES, StationContext, build
from forecaster.features.local_time import WEEK
from forecaster.features.lookback import as_of
from forecaster.model.boosting import ProgressCallback
from forecaster.training.day_cluster import DayCluster
from forecaster.training.history_source import HistorySource
from forecaster.training.targets import targets, tolerance
from forecaster.window import HistoryChunk, Window

LOOKBACK = timedelta(hours=26)
MOMENT = timedelta(seconds=1)  # windows include their last second: less of it keeps the end itself out
WEEK_BACK = timedelta(days=7, hours=2)
ROWS_AT_ONCE = 250_000  # rows of features built together
SHARE_OF_STATIONS = 0.25
_BIKES = FEATURES.index("bikes")


@dataclass(frozen=True, slots=True)
class Sample:
    """R rows: features `x` float32[R, features], bikes and docks later float32[R, H] (NaN where not observed), the
    change over the same slots a week before, `week_ago` float32[R, H] (NaN where not looked up), the rows' `times`
    (epoch seconds UTC) and `stations` (column), int64[R]."""

    x: Floats
    bikes: Floats
    docks: Floats
    week_ago: Floats
    times: Ints
    stations: Ints

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_] | slice) -> Sample:
        """Some of the rows."""
        return Sample(*(getattr(self, name)[rows] for name in Sample.__slots__))

    @property
    def now(self) -> Floats:
        """Bikes at the rows' own times, float32[R]."""
        return self.x[:, _BIKES]


ContextAt = Callable[[Ints], Iterator[tuple[Ints, StationContext]]]


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """How to draw: `share` of all rows at random, for `horizons` in minutes, with a seed; `week_ago` where a rival
    wants to know what the same slot brought a week before."""

    horizons: tuple[int, ...]
    share: float
    seed: int = 0
    week_ago: bool = False

    @property
    def of_stations(self) -> float:
        """Which share of a drawn poll's stations is taken: stations of one poll are strongly correlated."""
        return max(SHARE_OF_STATIONS, self.share)

    @property
    def of_polls(self) -> float:
        """Which share of the polls is drawn."""
        return self.share / self.of_stations


def draw_sample(
    past: HistorySource,
    start: datetime,
    end: datetime,
    plan: SamplingPlan,
    *,
    contexts: ContextAt,
    cluster: DayCluster | None = None,
    on_progress: ProgressCallback,
) -> Sample:
    """Rows from [start, end) whose targets lie before `end`; nothing from `end` on is read.

    `contexts` splits times into groups with the context that features take there: training leaves a row's own week out
    of its profile. With a `cluster` its machines read the days; the rows are the same. Raises `ValueError` when there
    is no row to draw.
    """
    samples: list[Sample] = []
    last = end - target_reach(plan.horizons) - MOMENT
    if cluster is None:
        parts = _samples(past, start, last, (plan, contexts))
    else:
        parts = (part for day in cluster.map_days(_day, start, last, (plan, contexts)) for part in day)
    for until, drawn in parts:
        samples.extend(drawn)
        on_progress("drawing rows", (until - start.timestamp()) / max((end - start).total_seconds(), 1))
    if not samples:
        raise ValueError(
            f"no polls between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} with a later one to learn from"
        )
    return Sample(*(np.concatenate([getattr(sample, name) for sample in samples]) for name in Sample.__slots__))


def _day(
    past: HistorySource, start: datetime, end: datetime, shared: tuple[SamplingPlan, ContextAt]
) -> list[tuple[int, list[Sample]]]:
    """The rows of a day, where the history is read by another machine."""
    return list(_samples(past, start, end, shared))


def _samples(
    past: HistorySource, start: datetime, end: datetime, shared: tuple[SamplingPlan, ContextAt]
) -> Iterator[tuple[int, list[Sample]]]:
    """The rows of each chunk, with its end (epoch seconds)."""
    plan, contexts = shared
    lookback = WEEK_BACK if plan.week_ago else LOOKBACK
    for chunk in past.windows(start, end, lookback=lookback, lookahead=target_reach(plan.horizons)):
        # A chunk's own chance, so that it does not matter who draws the chunks before it.
        random = np.random.default_rng((plan.seed, chunk.start))
        yield chunk.end, list(_from_chunk(chunk, plan, contexts, random))


def target_reach(horizons: tuple[int, ...]) -> timedelta:
    """How far after a row its last target may lie."""
    return timedelta(seconds=max(minutes * 60 + tolerance(minutes) for minutes in horizons))


def _from_chunk(
    chunk: HistoryChunk, plan: SamplingPlan, contexts: ContextAt, random: np.random.Generator
) -> Iterator[Sample]:
    inside = chunk.inside()
    polls = np.arange(inside.start, inside.stop)
    # Evenly through the day: hours differ more than anything else, and chance would favour some.
    turn = np.floor(np.arange(len(polls) + 1) * plan.of_polls + random.random())
    chosen = polls[np.diff(turn) > 0]
    stations = len(chunk.window.stations.ids)
    for where, context in contexts(chunk.window.times[chosen]):
        for at in np.array_split(chosen[where], max(1, len(where) * stations // ROWS_AT_ONCE)):
            if len(at):
                yield _rows(chunk, at, plan, context, random)


def _rows(
    chunk: HistoryChunk, at: Ints, plan: SamplingPlan, context: StationContext, random: np.random.Generator
) -> Sample:
    window = chunk.window
    count = len(window.stations.ids)
    bikes, docks = (values.reshape(-1, len(plan.horizons)) for values in targets(window, at, plan.horizons))
    seen = ~np.isnan(window.bikes[at]).reshape(-1) & ~np.isnan(bikes).all(axis=1)
    rows = np.flatnonzero(seen & (random.random(len(seen)) < plan.of_stations))
    times, stations = np.repeat(window.times[at], count), np.tile(np.arange(count), len(at))
    week_ago = _week_ago(window, at, plan) if plan.week_ago else np.full_like(bikes, np.nan)
    x = build(context, window, at)[rows]
    return Sample(x, bikes[rows], docks[rows], week_ago[rows], times[rows], stations[rows])


def _week_ago(window: Window, at: Ints, plan: SamplingPlan) -> Floats:
    """The change over each horizon from the same time a week ago, float32[len(at) * N, H]."""
    ago, has_poll = as_of(window.times, window.times[at] - WEEK)
    later, _ = targets(window, ago, plan.horizons)
    change: Floats = np.where(has_poll[:, None, None], later - window.bikes[ago][..., None], np.float32(np.nan))
    return change.reshape(-1, len(plan.horizons))
