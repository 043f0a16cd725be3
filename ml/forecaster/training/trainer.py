"""Training: one pass over history for the profile, one to draw rows, then the trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats
from forecaster.features import StationContext, context_of
from forecaster.features.local_time import DAY, WEEK
from forecaster.features.profile_builder import PartialSums, ProfileSums
from forecaster.model.boosting import Batch, Boosting, ProgressCallback, Trees, ignore_progress
from forecaster.model.calibration import fit_temperatures
from forecaster.model.classes import class_of, spread
from forecaster.model.engines import Engine, StackedTrees, engine_of
from forecaster.model.forecast_model import ForecastModel
from forecaster.model.prior import Prior, fit_prior
from forecaster.training.day_cluster import DayCluster
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import MOMENT, Sample, SamplingPlan, draw_sample, target_reach

HORIZONS = (10, 20, 30, 60)
HALF_LIFE = timedelta(days=30)
FEW_WEEKS = timedelta(days=15)  # in less than this, leaving a week out of the profile would leave too little
ROWS_A_SAMPLE = 2  # of this many rows one is drawn
MOST_ROWS = 1_200_000  # rows drawn at most: 12 bytes a class and horizon are held of each
FIRST_ROWS = 240_000  # enough for a first model that is to be there within the minute …
ROWS_A_FIRST_SAMPLE = 5  # … and of a long history one of this many
TRIAL_SHARE, TRIAL_ROWS = 0.15, 240_000  # of the newest time, and to learn from, to calibrate on
FEWEST_TRIAL_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What training reads from a history: the profile's sums and the sampled rows."""

    sums: ProfileSums
    sample: Sample


def train(
    history: HistorySource,
    *,
    engine: Engine = "xgboost",
    horizons: tuple[int, ...] = HORIZONS,
    start: datetime | None = None,
    end: datetime | None = None,
    sample_rows: int | None = None,
    boosting: Boosting | None = None,
    seed: int = 0,
    on_progress: ProgressCallback = ignore_progress,
) -> ForecastModel:
    """Train on [start, end) of a history (all of it by default); nothing from `end` on is looked at.

    History is read day by day, twice; memory follows `sample_rows` and the number of stations. By default every other
    row is drawn, up to 1.2 million; `FIRST_ROWS` make a fair model in a fraction of the time. Raises `ValueError` when
    there is nothing to learn from.
    """
    learned = collect_training_set(
        history, horizons=horizons, start=start, end=end, sample_rows=sample_rows, seed=seed, on_progress=on_progress
    )
    boosting_of_seed = replace(boosting or Boosting(), seed=seed)
    return fit(learned, engine=engine, horizons=horizons, boosting=boosting_of_seed, on_progress=on_progress)


def collect_training_set(
    history: HistorySource,
    *,
    horizons: tuple[int, ...] = HORIZONS,
    start: datetime | None = None,
    end: datetime | None = None,
    sample_rows: int | None = None,
    quick: bool = False,
    week_ago: bool = False,
    seed: int = 0,
    cluster: DayCluster | None = None,
    on_progress: ProgressCallback = ignore_progress,
) -> TrainingSet:
    """Walk over history: the profile's sums, and a sample of rows whose profile leaves their own weeks out.

    Without `sample_rows` the sample follows the history; a `quick` one of a short history is small. With a `cluster`
    its machines read the history, a day each; what is learned is the same.
    """
    first, last = _span(history, start, end)
    sums = _sums(history, first, last, cluster, on_progress)
    wanted = sample_rows or sample_size(sums.rows, quick=quick)
    plan = SamplingPlan(horizons, min(wanted / max(sums.rows, 1), 1.0), seed, week_ago)
    sample = draw_sample(
        history, first, last, plan,
        contexts=_leaving_weeks_out(history, sums), cluster=cluster, on_progress=on_progress,
    )  # fmt: skip
    return TrainingSet(sums, sample)


def fit(
    learned: TrainingSet,
    *,
    engine: Engine,
    horizons: tuple[int, ...],
    boosting: Boosting,
    base: ForecastModel | None = None,
    on_progress: ProgressCallback = ignore_progress,
) -> ForecastModel:
    """A model from what was learned; several engines can share one `learned`.

    With a `base` of the same horizons its trees are grown on the base's margins, which stay part of it.
    """
    sample = learned.sample
    change = sample.bikes - sample.now[:, None]
    rows = _WeightedRows(sample.x, class_of(change), recency_weights(sample.times))
    growing = _Growing(engine, boosting, base)
    temper = _trial_temperatures(rows, sample.times, growing, horizons)
    prior, trees = growing.grow(rows, on_progress)
    within = np.stack([spread(column) for column in change.T])
    return ForecastModel(engine, tuple(horizons), learned.sums.profile(), prior, within, temper, trees)


@dataclass(frozen=True, slots=True)
class _WeightedRows:
    """Features, classes and weights of the rows to learn from."""

    x: Floats
    classes: npt.NDArray[np.int64]
    weight: Floats

    def take(self, rows: npt.NDArray[np.int64]) -> _WeightedRows:
        return _WeightedRows(self.x[rows], self.classes[rows], self.weight[rows])


@dataclass(frozen=True, slots=True)
class _Growing:
    """How trees are grown, and what on: the prior of the rows, or the margins of `base`."""

    engine: Engine
    boosting: Boosting
    base: ForecastModel | None = None

    def grow(self, rows: _WeightedRows, on_progress: ProgressCallback) -> tuple[Prior, Trees]:
        base, boosting = self.base, self.boosting
        prior = base.prior if base else fit_prior(rows.x, rows.classes, rows.weight)
        start = base.margins if base else prior
        order = np.random.default_rng(boosting.seed).permutation(len(rows.x))
        count = max(1, round(len(order) / boosting.rows_a_tree))
        groups = (rows.take(group) for group in np.array_split(order, count))
        batches = [Batch(group.x, group.classes, start(group.x), group.weight) for group in groups]
        trees = engine_of(self.engine).grow(batches, boosting, on_progress)
        return prior, StackedTrees(base.engine, base.trees, trees) if base else trees


def _trial_temperatures(
    rows: _WeightedRows, times: npt.NDArray[np.int64], growing: _Growing, horizons: tuple[int, ...]
) -> Floats:
    """The temperature of each horizon, from a smaller trial that is not trained on the last days."""
    start = np.quantile(times, 1 - TRIAL_SHARE)
    early, late = np.flatnonzero(times < start - target_reach(horizons).total_seconds()), np.flatnonzero(times >= start)
    boosting = growing.boosting
    random = np.random.default_rng(boosting.seed)
    early, late = random.permutation(early)[:TRIAL_ROWS], random.permutation(late)[: TRIAL_ROWS // 4]
    if len(early) < FEWEST_TRIAL_ROWS:
        return np.ones(len(horizons), np.float32)
    halved = replace(boosting, rounds=boosting.rounds // 2, rows_a_tree=min(boosting.rows_a_tree, TRIAL_ROWS // 3))
    prior, trees = replace(growing, boosting=halved).grow(rows.take(early), ignore_progress)
    judged = rows.take(late)
    return fit_temperatures(prior(judged.x) + trees.margins(judged.x), judged.classes)


def _span(history: HistorySource, start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    span = history.span()
    if span is None:
        raise ValueError("there is no history to learn from")
    return start or span[0], end or span[1] + timedelta(seconds=1)


def _sums(
    history: HistorySource, start: datetime, end: datetime, cluster: DayCluster | None, on_progress: ProgressCallback
) -> ProfileSums:
    weeks = end - start >= FEW_WEEKS
    sums = ProfileSums(history.stations(), unit=WEEK if weeks else DAY)
    length = max((end - start).total_seconds(), 1)
    if cluster is not None:
        parts = cluster.map_days(_day_sums, start, end - MOMENT, sums.unit)
        for day, part in enumerate(parts, 1):
            sums.add_part(part)
            on_progress("reading history", min(day * DAY / length, 1.0))
    else:
        for chunk in history.windows(start, end - MOMENT):
            sums.add(chunk)
            on_progress("reading history", (chunk.end - start.timestamp()) / length)
    if not sums.rows:
        raise ValueError(f"no polls between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M}")
    return sums


def _day_sums(history: HistorySource, start: datetime, end: datetime, unit: int) -> PartialSums:
    """The sums of a day, where the history is read by another machine."""
    sums = ProfileSums(history.stations(), unit=unit)
    for chunk in history.windows(start, end):
        sums.add(chunk)
    return sums.part()


def sample_size(rows: int, *, quick: bool) -> int:
    """How many of a history's rows to draw."""
    if quick:
        return min(max(rows // ROWS_A_FIRST_SAMPLE, FIRST_ROWS), MOST_ROWS)
    return min(rows // ROWS_A_SAMPLE + 1, MOST_ROWS)


def recency_weights(times: npt.NDArray[np.int64]) -> Floats:
    """What rows of these times (epoch seconds) count for, float32, 1 on average: half for every `HALF_LIFE` before the
    newest. Cities change with the season, and tomorrow is more like last week."""
    weight: npt.NDArray[np.float64] = 0.5 ** ((times.max() - times) / HALF_LIFE.total_seconds())
    relative: Floats = (weight / weight.mean()).astype(np.float32)
    return relative


class _leaving_weeks_out:  # noqa: N801 # stands where a function would
    """Contexts for training rows: the profile of all weeks (days, of a short history) but those of the row's fold."""

    def __init__(self, history: HistorySource, sums: ProfileSums) -> None:
        self._sums = sums
        self._whole = context_of(history.stations(), sums.profile())
        self._folds: dict[int, StationContext] = {}

    def __call__(self, times: npt.NDArray[np.int64]) -> Iterator[tuple[npt.NDArray[np.int64], StationContext]]:
        folds = self._sums.folds(times)
        for fold in np.unique(folds):
            yield np.flatnonzero(folds == fold), self._context(int(fold))

    def _context(self, fold: int) -> StationContext:
        if fold not in self._folds:
            self._folds[fold] = self._whole.with_profile(self._sums.profile(without=fold))
        return self._folds[fold]
