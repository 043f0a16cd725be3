"""The curve of a city's age: which model a retraining promotes after so many days, and how each candidate does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from forecaster.evaluation.folds import Fold
from forecaster.evaluation.head_to_head import tallies_of
from forecaster.history import History
from forecaster.model.boosting import ProgressCallback
from forecaster.retraining.model_build import Recipe, build_models
from forecaster.retraining.model_candidates import Candidate
from forecaster.retraining.promotion import decide_promotion, promotion_fold
from forecaster.retraining.retrain import chosen_candidate
from forecaster.scores.row_scores import mean_scores
from forecaster.training.history_source import HistorySource
from forecaster.window import HistoryChunk, StationSet


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a city's retraining promotes after `days` of history, chosen on these days alone, and the CRPS of each
    candidate (by horizon, minutes) on the rows of `fold`, which come after them."""

    days: float
    promoted: Candidate
    fold: Fold
    crps: Mapping[Candidate, Mapping[int, float]]

    def behind(self) -> dict[int, float]:
        """Percent by which the promoted model's CRPS lies above the city's own model's, by horizon (minutes)."""
        own, promoted = self.crps["own"], self.crps[self.promoted]
        return {minutes: 100 * (promoted[minutes] / own[minutes] - 1) for minutes in own}


@dataclass(frozen=True, slots=True)
class HistoryUntil:
    """A history as it stood at `end`."""

    history: HistorySource
    end: datetime

    def stations(self) -> StationSet:
        """The columns of every window."""
        return self.history.stations()

    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last poll's time before `end` (UTC), to the second."""
        span = self.history.span()
        if span is None or span[0] >= self.end:
            return None
        return span[0], min(span[1], self.end - timedelta(seconds=1))

    def windows(
        self,
        start: datetime,
        end: datetime,
        *,
        lookback: timedelta = timedelta(0),
        lookahead: timedelta = timedelta(0),
        chunk: timedelta = timedelta(days=1),
    ) -> Iterator[HistoryChunk]:
        """Chunks over [start, end), none of them later than this history's end."""
        stop = min(end, self.end - timedelta(seconds=1) - lookahead)
        return self.history.windows(start, stop, lookback=lookback, lookahead=lookahead, chunk=chunk)


def curve_point(history: History, recipe: Recipe, fold: Fold, days: float, on_progress: ProgressCallback) -> CurvePoint:
    """Train every candidate on the `days` before the fold, choose as a retraining does, and judge all on the fold.

    The choice is made as it is on a city of that age: by trials on the last part of these days, so the fold has no
    say in it. Raises `ValueError` where the history does not reach back so far.
    """
    span, start = history.span(), fold.train_end - timedelta(days=days)
    if span is None or start < span[0]:
        raise ValueError(f"there are not {days:g} days of history before {fold.train_end:%Y-%m-%d %H:%M}")
    aged = replace(recipe, start=start, end=fold.train_end)
    promoted = _promoted(history, aged, fold.train_end, on_progress)
    built = build_models(history, aged, aged.candidates, on_progress)
    models = {str(name): result.model for name, result in built.items()}
    tallies = tallies_of(history, fold, models, recipe.horizons, on_progress)
    if not tallies:
        raise ValueError("nothing came true in the time to judge on")
    crps = {
        name: {minutes: mean_scores(tally.scored[name])["crps"] for minutes, tally in tallies.items()}
        for name in aged.candidates
    }
    return CurvePoint(days, promoted, fold, crps)


def _promoted(history: History, aged: Recipe, now: datetime, on_progress: ProgressCallback) -> Candidate:
    seen = HistoryUntil(history, now)
    trial_fold = promotion_fold(seen, aged.horizons, champion_saw=None, start=aged.start)
    if trial_fold is None:
        return chosen_candidate(aged, None)
    trials = build_models(history, replace(aged, end=trial_fold.train_end), aged.candidates, on_progress)
    models = {name: result.model for name, result in trials.items()}
    return chosen_candidate(aged, decide_promotion(seen, trial_fold, models, None, on_progress=on_progress))
