"""Leave-one-city-out evaluation: each city is forecast by a general model trained on the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from forecaster.arrays import Floats
from forecaster.distribution import REACH, WIDTH, Distribution, bounded
from forecaster.evaluation.folds import Fold, folds_of
from forecaster.features import FEATURES
from forecaster.general.age_sampling import AgePlan, draw_at_ages
from forecaster.general.general_trainer import GeneralRecipe, fit_general, others
from forecaster.model.boosting import ProgressCallback
from forecaster.model.forecast_model import ForecastModel, ceiling_of
from forecaster.scores.row_scores import interval_coverage, score_rows
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import Sample

LAST_SHARE = 0.2  # of each city's time that is judged
JUDGED_ROWS = 40_000
STATIONS = 0.1  # of a poll's stations that are judged: many polls tell more than many stations
LONGEST = 3_650.0  # days: a profile of all there is
AGES: dict[str, AgePlan] = {  # how a city stands when it is judged
    "30 minutes": AgePlan((), 0, young=1.0, window=(1_800, 1_801)),
    "3 hours": AgePlan((), 0, young=1.0, window=(10_800, 10_801)),
    "1 day": AgePlan((), 0, young=0.0, profile_days=1),
    "3 days": AgePlan((), 0, young=0.0, profile_days=3),
    "all before": AgePlan((), 0, young=0.0, profile_days=LONGEST),
}


@dataclass(frozen=True, slots=True)
class AgeScore:
    """CRPS of the general model and of the last value with the city's own spread, on the same rows, and the share of
    rows within the 80 % interval."""

    crps: float
    last_value: float
    coverage80: float
    rows: int

    @property
    def gain(self) -> float:
        """Percent by which the general model lies under the last value."""
        return 100 * (1 - self.crps / self.last_value)


LeftOutScores = dict[str, dict[str, dict[str, AgeScore]]]  # city -> age -> horizon (minutes) -> score


def leave_one_out(
    histories: Mapping[str, HistorySource], samples: Mapping[str, Sample], recipe: GeneralRecipe, log: ProgressCallback
) -> LeftOutScores:
    """Scores by city, age and horizon, on the last fifth of the city's time, of a model trained on all other cities."""
    scores: LeftOutScores = {}
    for place, (name, history) in enumerate(histories.items()):
        model = fit_general(others(samples, name), recipe, log)
        scores[name] = judge_city(model, history, recipe, samples[name])
        log("judging cities", (place + 1) / len(histories))
    return scores


def judge_city(
    model: ForecastModel, history: HistorySource, recipe: GeneralRecipe, sample: Sample
) -> dict[str, dict[str, AgeScore]]:
    """Scores by age and horizon on the last fifth of a city's time; `sample` are rows of the city, whose changes make
    the last value's spread as far as they lie before that."""
    fold = folds_of(history, last=LAST_SHARE, count=1, horizons=recipe.horizons)[0]
    before = sample.take(sample.times < fold.train_end.timestamp())
    return {
        age: _scored(model, _judged(history, fold, replace(plan, horizons=recipe.horizons)), before)
        for age, plan in AGES.items()
    }


def _judged(history: HistorySource, fold: Fold, plan: AgePlan) -> Sample:
    span = history.span()
    start = span[0] if span else fold.start
    rows = replace(plan, rows=JUDGED_ROWS, stations=STATIONS, seed=3)
    return draw_at_ages(history, start, fold.end, rows, first=fold.start)


def _scored(model: ForecastModel, judged: Sample, before: Sample) -> dict[str, AgeScore]:
    unknown = np.full(len(judged), np.nan, np.float32)
    whole = model.distribution(judged.x, unknown)
    scores = {}
    for place, minutes in enumerate(model.horizons):
        rows = np.flatnonzero(~np.isnan(judged.bikes[:, place]))
        came_true = judged.bikes[rows, place], judged.docks[rows, place]
        scored = score_rows(whole.take(rows + place * len(judged)), *came_true)
        last = score_rows(last_value_spread(judged, before, place).take(rows), *came_true)
        crps, rival = float(scored.crps.mean()), float(last.crps.mean())
        scores[str(minutes)] = AgeScore(crps, rival, float(interval_coverage(scored).mean()), len(rows))
    return scores


def last_value_spread(judged: Sample, before: Sample, place: int) -> Distribution:
    """The last value, spread as the counts of the city changed `before` over the horizon at `place`."""
    change: Floats = before.bikes[:, place] - before.now
    steps = np.clip(change[~np.isnan(change)], -REACH, REACH).astype(np.int64) + REACH
    share = np.cumsum(np.bincount(steps, minlength=WIDTH)) / max(len(steps), 1)
    cdf = np.tile(share.astype(np.float32), (len(judged), 1))
    docks = judged.x[:, FEATURES.index("docks")]
    unknown = np.full(len(judged), np.nan, np.float32)
    return bounded(cdf, judged.now.copy(), docks, ceiling_of(judged.x, unknown))
