"""What each group of features is worth: the model trained without it, judged beside the one that has them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from forecaster.arrays import Floats, Ints
from forecaster.evaluation.backtest import draw_judged_rows
from forecaster.evaluation.folds import folds_of
from forecaster.evaluation.judged_rows import model_method
from forecaster.features.groups import GROUPS, columns_of
from forecaster.features.local_time import DAY, local_seconds
from forecaster.model.boosting import Boosting, ProgressCallback, ignore_progress
from forecaster.model.forecast_model import ForecastModel
from forecaster.scores.row_scores import score_rows
from forecaster.scores.tally import losses, percent_gain
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import Sample
from forecaster.training.trainer import HORIZONS, TrainingSet, collect_training_set, fit

TRAINING_ROWS, JUDGED_ROWS = 150_000, 150_000
QUICK = Boosting(rounds=120, rate=0.12)  # fewer and bolder trees than a model for use: many models are grown
REPEATS = 2
SEED_NOISE = "chance"  # all features and another seed: what is no larger than this is no worth

Losses = Mapping[str, Mapping[str, Floats]]  # horizon -> score -> the loss of each row
GroupWorth = dict[
    str, dict[str, tuple[float, float, float]]
]  # horizon -> score -> percent, and the ends of its interval


@dataclass(frozen=True, slots=True)
class Ablation:
    """`worth` of each group: by how many percent the scores rise without it, with the ends of a 95 % interval over
    days; above zero the group helps. `scores` are the means with all features, by horizon."""

    rows: int
    judged: int
    scores: dict[str, dict[str, float]]
    worth: dict[str, GroupWorth]


def ablation(
    history: HistorySource,
    *,
    groups: Sequence[str] = tuple(GROUPS),
    last: float = 0.2,
    horizons: tuple[int, ...] = HORIZONS,
    rows: int = TRAINING_ROWS,
    judged: int = JUDGED_ROWS,
    repeats: int = REPEATS,
    shuffled: bool = False,
    boosting: Boosting = QUICK,
    seed: int = 0,
    on_progress: ProgressCallback = ignore_progress,
) -> Ablation:
    """Train with all features and without each of `groups` in turn, on the same rows and with the same seeds, and judge
    on the `last` share of the history.

    A feature left out is NaN everywhere, in training and judging alike: nothing can be split on. Losses are means over
    `repeats` seeds; other seeds with all features stand beside the groups as `SEED_NOISE`. `shuffled`, the models
    are trained once, and a group's values are dealt out anew among the judged rows (Breiman 2001): what models lean on,
    with no chance of growing in it, though not what they could do without. Raises `ValueError` when a group is unknown
    or the history too short.
    """
    columns = {group: columns_of(group) for group in groups}
    fold = folds_of(history, last=last, count=1, horizons=horizons)[0]
    learned = collect_training_set(
        history, horizons=horizons, end=fold.train_end, sample_rows=rows, seed=seed, on_progress=on_progress
    )
    sample = draw_judged_rows(history, fold, learned, horizons, rows=judged, on_progress=on_progress)
    trial = _Trial(learned, sample, horizons, boosting, range(seed, seed + repeats))
    whole, others = trial.shuffled(columns) if shuffled else trial.left_out(columns)
    days, worth = dict(trial.days(history.stations().timezone)), {}
    for place, (group, without) in enumerate(others):
        worth[group] = _worth(whole, without, days)
        on_progress("judging without", (place + 1) / (len(groups) + (not shuffled)))
    scores = {
        minutes: {name: float(loss.mean()) for name, loss in by_score.items()} for minutes, by_score in whole.items()
    }
    return Ablation(len(learned.sample), len(sample), scores, worth)


Others = Iterator[tuple[str, Losses]]


@dataclass(frozen=True, slots=True)
class _Trial:
    """What all trainings share: rows to learn from and to judge on, and the seeds."""

    learned: TrainingSet
    judged: Sample
    horizons: tuple[int, ...]
    boosting: Boosting
    seeds: range

    def left_out(self, columns: Mapping[str, list[int]]) -> tuple[Losses, Others]:
        """The losses with all features, and with each group left out of training and judging."""

        def without(group: Sequence[int], seeds: range) -> Losses:
            learned = replace(self.learned, sample=_without_columns(self.learned.sample, group))
            judged = _without_columns(self.judged, group)
            return _mean_losses([self._losses(self._grown(learned, seed), judged) for seed in seeds])

        def others() -> Others:
            yield SEED_NOISE, without([], range(self.seeds.stop, self.seeds.stop + len(self.seeds)))
            for name, group in columns.items():
                yield name, without(group, self.seeds)

        return without([], self.seeds), others()

    def shuffled(self, columns: Mapping[str, list[int]]) -> tuple[Losses, Others]:
        """The losses with all features, and with each group's values permuted among the judged rows."""
        models = [self._grown(self.learned, seed) for seed in self.seeds]

        def losses_on(judged: Sample) -> Losses:
            return _mean_losses([self._losses(model, judged) for model in models])

        order = np.random.default_rng(self.seeds.start).permutation(len(self.judged))
        others = ((name, losses_on(_shuffled_columns(self.judged, group, order))) for name, group in columns.items())
        return losses_on(self.judged), others

    def days(self, timezone: str) -> Iterator[tuple[str, Ints]]:
        """By horizon, the local day of each loss."""
        days = local_seconds(self.judged.times, timezone) // DAY
        for place, minutes in enumerate(self.horizons):
            yield str(minutes), days[~np.isnan(self.judged.bikes[:, place])]

    def _grown(self, learned: TrainingSet, seed: int) -> ForecastModel:
        return fit(learned, engine="xgboost", horizons=self.horizons, boosting=replace(self.boosting, seed=seed))

    def _losses(self, model: ForecastModel, judged: Sample) -> Losses:
        method, losses_by_horizon = model_method(model, self.learned.sums.stations), {}
        for place, minutes in enumerate(self.horizons):
            observed = ~np.isnan(judged.bikes[:, place])
            later = judged.bikes[observed, place], judged.docks[observed, place]
            losses_by_horizon[str(minutes)] = losses(score_rows(method(judged, minutes).take(observed), *later))
        return losses_by_horizon


def _without_columns(sample: Sample, columns: Sequence[int]) -> Sample:
    x = sample.x.copy()
    x[:, columns] = np.nan
    return replace(sample, x=x)


def _shuffled_columns(sample: Sample, columns: Sequence[int], order: Ints) -> Sample:
    x = sample.x.copy()
    x[:, columns] = sample.x[np.ix_(order, np.asarray(columns))]
    return replace(sample, x=x)


def _mean_losses(losses_by_seed: Sequence[Losses]) -> Losses:
    first = losses_by_seed[0]
    return {
        minutes: {name: np.mean([seed[minutes][name] for seed in losses_by_seed], axis=0) for name in scores}
        for minutes, scores in first.items()
    }


def _worth(whole: Losses, without: Losses, days: Mapping[str, Ints]) -> GroupWorth:
    return {
        minutes: {name: _percent_rise(days[minutes], whole[minutes][name], loss) for name, loss in scores.items()}
        for minutes, scores in without.items()
    }


def _percent_rise(day: Ints, whole: Floats, without: Floats) -> tuple[float, float, float]:
    """By how many percent the mean loss rises when the group is left out."""
    middle, low, high = percent_gain(day, without, whole)
    return -middle, -high, -low
