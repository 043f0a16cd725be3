"""What each group of features is worth: the model trained without it, judged beside the one that has them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from forecaster.backtest import judged_rows
from forecaster.features.clock import DAY, local_seconds
from forecaster.features.groups import GROUPS, columns_of
from forecaster.judge.folds import folds_of
from forecaster.judge.rows import method_of
from forecaster.judge.scores import Scored, score
from forecaster.judge.tally import gain, losses
from forecaster.memory import Past
from forecaster.model.trees import Boosting, Progress, silent
from forecaster.sampling import Sample
from forecaster.train import HORIZONS, Learned, fit, learn
from forecaster.window import Floats

ROWS, JUDGED_ROWS = 150_000, 150_000
QUICK = Boosting(rounds=120, rate=0.12)  # fewer and bolder than a model for use: enough to see what a feature is worth
CHANCE = "chance"  # all features and another seed: what is no larger than this is no worth

Ints = npt.NDArray[np.int64]
Losses = Mapping[str, Mapping[str, Floats]]  # horizon -> score -> the loss of each row
Worth = dict[str, dict[str, tuple[float, float, float]]]  # horizon -> score -> percent, and the ends of its interval


@dataclass(frozen=True, slots=True)
class Ablation:
    """`worth` of each group: by how many percent the scores rise without it, with the ends of a 95 % interval over
    days; above zero the group helps. `scores` are the means with all features, by horizon."""

    rows: int
    judged: int
    scores: dict[str, dict[str, float]]
    worth: dict[str, Worth]


def ablation(
    history: Past,
    *,
    groups: Sequence[str] = tuple(GROUPS),
    last: float = 0.2,
    horizons: tuple[int, ...] = HORIZONS,
    rows: int = ROWS,
    judged: int = JUDGED_ROWS,
    boosting: Boosting = QUICK,
    seed: int = 0,
    progress: Progress = silent,
) -> Ablation:
    """Train with all features and without each of `groups` in turn, on the same rows and with the same seed, and judge
    on the `last` share of the history.

    A feature left out is NaN everywhere, in training and judging alike: nothing can be split on. Raises `ValueError`
    when a group is unknown or the history too short.
    """
    left_out = {group: columns_of(group) for group in groups}
    fold = folds_of(history, last=last, count=1, horizons=horizons)[0]
    learned = learn(history, horizons=horizons, end=fold.train_end, sample_rows=rows, seed=seed, progress=progress)
    sample = judged_rows(history, fold, learned, horizons, rows=judged, progress=progress)
    how = _How(learned, sample, horizons, boosting)
    whole = how.losses([], seed)
    progress("leaving out groups", 1 / (len(groups) + 2))
    without = {CHANCE: how.losses([], seed + 1)}
    for place, (group, columns) in enumerate(left_out.items(), 2):
        progress("leaving out groups", place / (len(groups) + 2))
        without[group] = how.losses(columns, seed)
    progress("leaving out groups", 1)
    days = dict(how.days(history.stations().timezone))
    worth = {group: _worth(whole, one, days) for group, one in without.items()}
    scores = {minutes: {name: float(loss.mean()) for name, loss in one.items()} for minutes, one in whole.items()}
    return Ablation(len(learned.sample), len(sample), scores, worth)


@dataclass(frozen=True, slots=True)
class _How:
    """What all the trainings share."""

    learned: Learned
    judged: Sample
    horizons: tuple[int, ...]
    boosting: Boosting

    def losses(self, columns: Sequence[int], seed: int) -> Losses:
        """By horizon and score, the losses of a model that does not know these columns."""
        learned = replace(self.learned, sample=_without(self.learned.sample, columns))
        model = fit(learned, engine="xgboost", horizons=self.horizons, boosting=replace(self.boosting, seed=seed))
        method, sample = method_of(model, self.learned.sums.stations), _without(self.judged, columns)
        scored: dict[str, Scored] = {}
        for place, minutes in enumerate(self.horizons):
            known = ~np.isnan(sample.bikes[:, place])
            later = sample.bikes[known, place], sample.docks[known, place]
            scored[str(minutes)] = score(method(sample, minutes).take(known), *later)
        return {minutes: losses(one) for minutes, one in scored.items()}

    def days(self, timezone: str) -> Iterator[tuple[str, Ints]]:
        """By horizon, the local day of each loss."""
        days = local_seconds(self.judged.times, timezone) // DAY
        for place, minutes in enumerate(self.horizons):
            yield str(minutes), days[~np.isnan(self.judged.bikes[:, place])]


def _without(sample: Sample, columns: Sequence[int]) -> Sample:
    x = sample.x.copy()
    x[:, columns] = np.nan
    return replace(sample, x=x)


def _worth(whole: Losses, without: Losses, days: Mapping[str, Ints]) -> Worth:
    return {
        minutes: {name: _rise(days[minutes], whole[minutes][name], one) for name, one in scores.items()}
        for minutes, scores in without.items()
    }


def _rise(
    day: Ints,
    whole: Floats,
    without: Floats,
) -> tuple[float, float, float]:
    """By how many percent the mean loss rises when the group is left out."""
    middle, low, high = gain(day, without, whole)
    return -middle, -high, -low
