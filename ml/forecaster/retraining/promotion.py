"""The promotion test: challenger and champion scored on days that neither was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from forecaster.evaluation.folds import Fold
from forecaster.evaluation.head_to_head import PERSISTENCE, crps_gain, hours_of, tallies_of
from forecaster.model import ForecastModel
from forecaster.model.boosting import ProgressCallback
from forecaster.retraining.model_candidates import Candidate
from forecaster.scores.row_scores import mean_scores
from forecaster.scores.tally import Tally
from forecaster.scores.weaknesses import weaknesses
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import target_reach

NEW, CHAMPION = "challenger", "champion"
LONGEST = timedelta(days=7)  # of the time judged on
LARGEST = 0.2  # share of the history judged on, where there is no champion or that is longer than `ENOUGH`
ENOUGH = timedelta(days=3)
A_DAY = timedelta(hours=22)  # what a young champion is judged on at least, where there is so much it has not seen
FEWEST_DAYS = 3  # local days; fewer say little about the next ones …
FEWEST_HOURS = 20  # … but of a young champion whose successor knows far more, nearly all hours of a day say enough
BY_HOURS = 0.99  # sure: hours are more alike than days

Gain = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class PromotionDecision:
    """Whether the new model is better, and why; `scores` by horizon (minutes) and method, on the same rows of `fold`.

    `gain` is the percentage by which its CRPS lies under its rival's, with the ends of an interval; `weaknesses` say
    where it did worst. `chosen` names the candidate that was compared with the champion.
    """

    better: bool
    reason: str
    fold: Fold | None = None
    gain: Gain | None = None
    scores: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    weaknesses: tuple[str, ...] = ()
    chosen: Candidate | None = None


def promotion_fold(
    history: HistorySource,
    horizons: tuple[int, ...],
    *,
    champion_saw: datetime | None,
    young: bool = False,
    start: datetime | None = None,
) -> Fold | None:
    """The newest stretch to judge on, at most a week; None when there is too little.

    The new model learns from history from `start` on (all of it by default). Without a champion a fifth of that is
    judged. What a champion was trained on is left out; of what it has not seen at least half goes to the new model,
    whose newer history is what may make it better. Only a `young` champion is judged on a day of it in any case.
    """
    span = history.span()
    if span is None:
        return None
    first, end = max(span[0], start or span[0]), span[1] + timedelta(seconds=1)
    gap, share = target_reach(horizons), (end - first) * LARGEST
    if champion_saw is None:
        judged = end - min(LONGEST, share)
    else:
        half = (end - champion_saw) / 2
        longest = min(LONGEST, max(share, ENOUGH), max(half, A_DAY) if young else half)
        judged = max(end - longest, champion_saw + gap)
    if end - judged < 2 * gap or judged - gap - first < 2 * gap:
        return None
    return Fold(judged - gap, judged, end)


def decide_promotion(
    history: HistorySource,
    fold: Fold,
    candidates: Mapping[Candidate, ForecastModel],
    champion: ForecastModel | None,
    *,
    young: bool = False,
    on_progress: ProgressCallback,
) -> PromotionDecision:
    """Judge all on the fold, on the horizons they share; without a champion the last value is the rival.

    Of the new `candidates` the one with the lowest CRPS is the challenger, all horizons weighing the same.
    Better means that the lower end of the gain's interval is above zero; against the last value, that the gain is. A
    `young` champion is one that was never judged, or has learned from little.
    """
    rival = PERSISTENCE if champion is None else CHAMPION
    ours = next(iter(candidates.values())).horizons
    horizons = tuple(h for h in ours if champion is None or h in champion.horizons)
    if not horizons:
        return PromotionDecision(better=False, reason="it shares no horizon with the champion", fold=fold)
    models: dict[str, ForecastModel] = {str(name): model for name, model in candidates.items()}
    if champion is not None:
        models[CHAMPION] = champion
    tallies = tallies_of(history, fold, models, horizons, on_progress)
    if not tallies:
        return PromotionDecision(better=champion is None, reason="nothing came true to judge it by", fold=fold)
    chosen = _lowest_crps(tallies, tuple(candidates))
    tallies = {minutes: _renamed(tally, chosen) for minutes, tally in tallies.items()}
    percent, reason, enough = _cautious_gain(tallies, rival, young=young)
    better = enough and percent[0 if champion is None else 1] > 0
    scores = {str(h): {name: mean_scores(one) for name, one in tally.scored.items()} for h, tally in tallies.items()}
    return PromotionDecision(better, reason, fold, percent, scores, weaknesses(tallies, NEW, PERSISTENCE), chosen)


def _renamed(tally: Tally, chosen: str) -> Tally:
    """The tally with the chosen candidate's scores under the challenger's name."""
    return replace(tally, scored={NEW if name == chosen else name: scores for name, scores in tally.scored.items()})


def _lowest_crps(tallies: Mapping[int, Tally], names: Sequence[Candidate]) -> Candidate:
    """The candidate with the lowest CRPS relative to the last value, summed over the horizons."""

    def relative(name: Candidate) -> float:
        return sum(
            float(tally.scored[name].crps.mean()) / max(float(tally.scored[PERSISTENCE].crps.mean()), 1e-9)
            for tally in tallies.values()
        )

    return min(names, key=relative)


_SPOKEN = {CHAMPION: "champion's", PERSISTENCE: "last value's"}


def _cautious_gain(tallies: Mapping[int, Tally], rival: str, *, young: bool) -> tuple[Gain, str, bool]:
    """The gain with the more cautious of its intervals, by days and by hours; that in words; whether it was judged
    for long enough to say anything."""
    first = next(iter(tallies.values()))
    days, hours = len(np.unique(first.rows.day)), len(np.unique(hours_of(first)))
    gains = [crps_gain(rival, tallies, NEW, by_hours=True, sure=BY_HOURS)]
    if days >= FEWEST_DAYS:
        gains.append(crps_gain(rival, tallies, NEW))
    percent = min(gains, key=lambda gain: gain[1])
    long = f"{days} days" if days >= FEWEST_DAYS else f"{hours} hours"
    sentence = f"CRPS {percent[0]:+.1f} % ({percent[1]:+.1f} to {percent[2]:+.1f}) under the {_SPOKEN[rival]} on {long}"
    if rival == PERSISTENCE or days >= FEWEST_DAYS or (young and hours >= FEWEST_HOURS):
        return percent, sentence, True
    needed = f"{FEWEST_HOURS} hours" if young else f"{FEWEST_DAYS} days"
    return percent, f"{sentence}: fewer than {needed} are too few to tell", False
