"""Whether a new model is to serve: it meets the champion on days that neither has seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from forecaster.distribution import Distribution
from forecaster.features import FEATURES
from forecaster.features.clock import DAY, local_seconds
from forecaster.judge import rivals
from forecaster.judge.folds import Fold
from forecaster.judge.rows import always
from forecaster.judge.scores import score, summary
from forecaster.judge.tally import Rows, Tally, gain
from forecaster.memory import Past
from forecaster.model import ForecastModel
from forecaster.model.trees import Progress
from forecaster.sampling import Drawing, Sample, draw, reach

NEW, CHAMPION, PERSISTENCE = "challenger", "champion", "persistence"
LONGEST = timedelta(days=7)  # of the time judged on
LARGEST = 0.2  # share of the history judged on
FEWEST_DAYS = 3  # local days; fewer say little about the next ones
JUDGED_ROWS = 60_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the new model is better, and why; `scores` by horizon (minutes) and method, on the same rows of `fold`.

    `gain` is the percentage by which its CRPS lies under its rival's, with the ends of a 95 % interval over days.
    """

    better: bool
    reason: str
    fold: Fold | None = None
    gain: tuple[float, float, float] | None = None
    scores: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)


def fold_for(history: Past, horizons: tuple[int, ...], *, champion_saw: datetime | None) -> Fold | None:
    """The newest stretch to judge on: a fifth of the history, at most a week; None when there is too little.

    What the champion was trained on is left out; of what it has not seen at least half goes to the new model, whose
    newer history is what may make it better.
    """
    span = history.span()
    if span is None:
        return None
    end = span[1] + timedelta(seconds=1)
    gap = reach(horizons)
    start = max(end - LONGEST, end - (end - span[0]) * LARGEST)
    if champion_saw is not None:
        start = max(start, champion_saw + (end - champion_saw) / 2, champion_saw + gap)
    if end - start < 2 * gap or start - gap - span[0] < 2 * gap:
        return None
    return Fold(start - gap, start, end)


def meet(
    history: Past, fold: Fold, new: ForecastModel, champion: ForecastModel | None, *, progress: Progress
) -> Verdict:
    """Judge both on the fold, on the horizons they share; without a champion the last value is the rival.

    Better means that the lower end of the gain's interval is above zero; against the last value, that the gain is.
    """
    rival = PERSISTENCE if champion is None else CHAMPION
    horizons = tuple(h for h in new.horizons if champion is None or h in champion.horizons)
    if not horizons:
        return Verdict(better=False, reason="it shares no horizon with the champion", fold=fold)
    tallies = _tallies(history, fold, {NEW: new} | ({CHAMPION: champion} if champion else {}), horizons, progress)
    scores = {str(h): {name: summary(one) for name, one in tally.scored.items()} for h, tally in tallies.items()}
    percent = _gain(tallies, rival)
    days = len(np.unique(next(iter(tallies.values())).rows.day))
    told = (
        f"CRPS {percent[0]:+.1f} % ({percent[1]:+.1f} to {percent[2]:+.1f}) under the {_SPOKEN[rival]} on {days} days"
    )
    enough = champion is None or days >= FEWEST_DAYS
    better = enough and percent[0 if champion is None else 1] > 0
    reason = told if enough else f"{told}: fewer than {FEWEST_DAYS} days are too few to tell"
    return Verdict(better, reason, fold, percent, scores)


_SPOKEN = {CHAMPION: "champion's", PERSISTENCE: "last value's"}


def _tallies(
    history: Past,
    fold: Fold,
    models: Mapping[str, ForecastModel],
    horizons: tuple[int, ...],
    progress: Progress,
) -> dict[int, Tally]:
    sample, said = _said(history, fold, models[NEW], horizons, progress)
    forecasts = {NEW: said}
    for name in models.keys() - {NEW}:
        forecasts[name] = _said(history, fold, models[name], horizons, progress)[1]
    forecasts[PERSISTENCE] = [rivals.persistence(sample, place) for place in range(len(horizons))]
    timezone = history.stations().timezone
    return {minutes: _tally(sample, place, forecasts, timezone) for place, minutes in enumerate(horizons)}


def _said(
    history: Past, fold: Fold, model: ForecastModel, horizons: tuple[int, ...], progress: Progress
) -> tuple[Sample, list[Distribution]]:
    """The fold's rows as the model sees them, the same rows for every model, and its forecasts by horizon."""
    stations = history.stations()
    context = model.context(stations)
    cells = sum(int(chunk.window.bikes[chunk.inside()].size) for chunk in history.windows(fold.start, fold.end))
    drawing = Drawing(horizons, min(JUDGED_ROWS / max(cells, 1), 1.0), seed=1)
    sample = draw(
        history,
        fold.start,
        fold.end,
        drawing,
        contexts=always(context),
        progress=lambda _, share: progress("judging", share),
    )
    whole = model.distribution(sample.x, context.profile.most[sample.stations])
    places = [model.horizons.index(minutes) for minutes in horizons]
    return sample, [whole.take(slice(place * len(sample), (place + 1) * len(sample))) for place in places]


def _tally(sample: Sample, place: int, forecasts: Mapping[str, list[Distribution]], timezone: str) -> Tally:
    bikes, docks = sample.bikes[:, place], sample.docks[:, place]
    known = ~np.isnan(bikes)
    local = local_seconds(sample.times, timezone)
    churn = sample.x[:, FEATURES.index("usual_churn")]
    rows = Rows(local % DAY // 3_600, local // DAY, sample.stations, churn).take(known)
    scored = {name: score(said[place].take(known), bikes[known], docks[known]) for name, said in forecasts.items()}
    return Tally(rows, scored)


def _gain(tallies: Mapping[int, Tally], rival: str) -> tuple[float, float, float]:
    """The gain in CRPS over all horizons, each weighing the same, paired by day."""
    days, own, other = [], [], []
    for tally in tallies.values():
        theirs = tally.scored[rival].crps
        level = max(float(theirs.mean()), 1e-9)
        days.append(tally.rows.day)
        own.append(tally.scored[NEW].crps / level)
        other.append(theirs / level)
    middle, low, high = gain(np.concatenate(days), np.concatenate(own), np.concatenate(other))
    return middle, low, high
