"""Head-to-head comparison: models scored on the same rows, from time that none was trained on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from forecaster.arrays import Ints
from forecaster.distribution import Distribution
from forecaster.evaluation import baselines
from forecaster.evaluation.folds import Fold
from forecaster.evaluation.judged_rows import constant_context, tally_of
from forecaster.model import ForecastModel
from forecaster.model.boosting import ProgressCallback
from forecaster.scores.tally import Tally, percent_gain
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import Sample, SamplingPlan, draw_sample

PERSISTENCE = "persistence"
JUDGED_ROWS = 60_000


def tallies_of(
    history: HistorySource,
    fold: Fold,
    models: Mapping[str, ForecastModel],
    horizons: tuple[int, ...],
    on_progress: ProgressCallback,
) -> dict[int, Tally]:
    """The scores of the models by name, and of persistence, on the fold's rows: a tally a horizon (minutes); horizons
    at which nothing was observed, where polls are few, are left out."""
    forecasts = {}
    for name, model in models.items():
        sample, forecasts[name] = _fold_forecasts(history, fold, model, horizons, on_progress)
    forecasts[PERSISTENCE] = [baselines.persistence(sample, place) for place in range(len(horizons))]
    timezone = history.stations().timezone
    tallies = {
        minutes: tally_of(
            sample, place, ((name, distributions[place]) for name, distributions in forecasts.items()), timezone
        )
        for place, minutes in enumerate(horizons)
    }
    return {minutes: tally for minutes, tally in tallies.items() if len(tally.rows.day)}


def crps_gain(
    rival: str, tallies: Mapping[int, Tally], method: str, *, by_hours: bool = False, sure: float = 0.95
) -> tuple[float, float, float]:
    """Percent by which a method's CRPS lies under a rival's, all horizons weighing the same, with the ends of a `sure`
    interval: paired by day, or by the hours of each day, whose forecasts fail together."""
    blocks, losses, rival_losses = [], [], []
    for tally in tallies.values():
        rival_crps = tally.scored[rival].crps
        level = max(float(rival_crps.mean()), 1e-9)
        blocks.append(hours_of(tally) if by_hours else tally.rows.day)
        losses.append(tally.scored[method].crps / level)
        rival_losses.append(rival_crps / level)
    return percent_gain(np.concatenate(blocks), np.concatenate(losses), np.concatenate(rival_losses), sure=sure)


def hours_of(tally: Tally) -> Ints:
    """The hour that each row is of, counted from some day on."""
    hours: Ints = tally.rows.day * 24 + tally.rows.hour
    return hours


def _fold_forecasts(
    history: HistorySource, fold: Fold, model: ForecastModel, horizons: tuple[int, ...], on_progress: ProgressCallback
) -> tuple[Sample, list[Distribution]]:
    """The fold's rows as the model sees them, the same rows for every model, and its forecasts by horizon."""
    stations = history.stations()
    context = model.context(stations)
    cells = sum(int(chunk.window.bikes[chunk.inside()].size) for chunk in history.windows(fold.start, fold.end))
    drawing = SamplingPlan(horizons, min(JUDGED_ROWS / max(cells, 1), 1.0), seed=1)
    sample = draw_sample(
        history,
        fold.start,
        fold.end,
        drawing,
        contexts=constant_context(context),
        on_progress=lambda _, share: on_progress("judging", share),
    )
    whole = model.distribution(sample.x, context.profile.most[sample.stations])
    places = [model.horizons.index(minutes) for minutes in horizons]
    return sample, [whole.take(slice(place * len(sample), (place + 1) * len(sample))) for place in places]
