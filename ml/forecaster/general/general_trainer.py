"""Trains the general model on rows of several cities at every age; each city has the same weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np

from forecaster.arrays import Floats
from forecaster.features.local_time import SLOTS
from forecaster.features.profile import QUANTITIES, Profile
from forecaster.general.age_sampling import AgePlan, draw_at_ages
from forecaster.model.boosting import Batch, Boosting, ProgressCallback
from forecaster.model.classes import class_of, spread
from forecaster.model.engines import Engine, engine_of
from forecaster.model.forecast_model import ForecastModel
from forecaster.model.prior import fit_prior
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import Sample
from forecaster.training.trainer import HORIZONS

GENERAL = "general"  # the model's name wherever versions are named
THINNED = 1 / 3  # of the rows come from windows thinned …
THIN_TO = 16 * 60  # … to a poll every so many seconds at most: cities are polled every 5 to 15 minutes


@dataclass(frozen=True, slots=True)
class GeneralRecipe:
    """How the general model is trained: `city_rows` are drawn of each city."""

    engine: Engine = "xgboost"
    horizons: tuple[int, ...] = HORIZONS
    city_rows: int = 300_000
    boosting: Boosting = field(default_factory=lambda: Boosting(rounds=200, rate=0.12, rows_a_tree=100_000))
    seed: int = 0


def draw_city(history: HistorySource, recipe: GeneralRecipe) -> Sample:
    """Rows of one city, at all ages, most with the polls that there are, some with fewer."""
    span = history.span()
    if span is None:
        raise ValueError("there is no history to learn from")
    end = span[1] + timedelta(seconds=1)
    whole = AgePlan(recipe.horizons, round(recipe.city_rows * (1 - THINNED)), seed=recipe.seed)
    thinned = replace(whole, rows=round(recipe.city_rows * THINNED), thin_to=THIN_TO, seed=recipe.seed + 1)
    return joined([draw_at_ages(history, span[0], end, plan) for plan in (whole, thinned)])


def fit_general(cities: Sequence[Sample], recipe: GeneralRecipe, on_progress: ProgressCallback) -> ForecastModel:
    """Fit one model to the rows of several cities, each with the same total weight. Its profile holds no stations."""
    sample = joined(cities)
    change = sample.bikes - sample.now[:, None]
    classes, weight = class_of(change), city_weights(cities)
    prior = fit_prior(sample.x, classes, weight)
    order = np.random.default_rng(recipe.seed).permutation(len(sample))
    row_groups = np.array_split(order, max(1, round(len(order) / recipe.boosting.rows_a_tree)))
    batches = [Batch(sample.x[rows], classes[rows], prior(sample.x[rows]), weight[rows]) for rows in row_groups]
    trees = engine_of(recipe.engine).grow(batches, replace(recipe.boosting, seed=recipe.seed), on_progress)
    within = np.stack([spread(column) for column in change.T])
    sure = np.ones(len(recipe.horizons), np.float32)
    return ForecastModel(recipe.engine, recipe.horizons, no_stations(), prior, within, sure, trees)


def city_weights(cities: Sequence[Sample]) -> Floats:
    """The weight of each row, float32[R], 1 on average; every city has the same total weight."""
    total = sum(map(len, cities))
    shares = [np.full(len(city), total / len(cities) / len(city), np.float32) for city in cities]
    return np.concatenate(shares)


def no_stations() -> Profile:
    """A profile without stations: a city aligned to it gets a blank profile."""
    none = np.empty(0, np.float32)
    return Profile((), np.empty((SLOTS, QUANTITIES, 0), np.float32), none, none, none, none)


def joined(samples: Sequence[Sample]) -> Sample:
    """The samples concatenated."""
    return Sample(*(np.concatenate([getattr(sample, name) for sample in samples]) for name in Sample.__slots__))


def others(cities: Mapping[str, Sample], left_out: str) -> list[Sample]:
    """The samples of all cities but one."""
    return [sample for name, sample in cities.items() if name != left_out]
