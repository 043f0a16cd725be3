"""Rows to judge on, and models as methods that judge them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import numpy as np

from forecaster.arrays import Ints
from forecaster.distribution import Distribution
from forecaster.features import FEATURES, StationContext
from forecaster.features.local_time import DAY, local_seconds
from forecaster.model.forecast_model import ForecastModel
from forecaster.scores.row_scores import score_rows
from forecaster.scores.tally import RowKeys, Tally
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import Sample
from forecaster.window import StationSet

Method = Callable[[Sample, int], Distribution]  # forecasts of a sample's rows at a horizon (minutes)


def constant_context(context: StationContext) -> Callable[[Ints], Iterator[tuple[Ints, StationContext]]]:
    """The same context for all times."""

    def contexts(times: Ints) -> Iterator[tuple[Ints, StationContext]]:
        yield np.arange(len(times)), context

    return contexts


def sampling_share(history: HistorySource, start: datetime, end: datetime, rows: int) -> float:
    """Which share of [start, end) makes so many rows; 1 where there are fewer."""
    there = sum(int((~np.isnan(chunk.window.bikes[chunk.inside()])).sum()) for chunk in history.windows(start, end))
    return min(rows / max(there, 1), 1.0)


def model_method(model: ForecastModel, stations: StationSet) -> Method:
    """A model as a method on samples of these stations; one prediction serves all horizons of the same sample."""
    most = model.context(stations).profile.most
    cached: list[tuple[Sample, Distribution]] = []

    def method(sample: Sample, minutes: int) -> Distribution:
        if not cached or cached[0][0] is not sample:
            cached[:] = [(sample, model.distribution(sample.x, most[sample.stations]))]
        first = model.horizons.index(minutes) * len(sample)
        return cached[0][1].take(slice(first, first + len(sample)))

    return method


def tally_of(sample: Sample, place: int, forecasts: Iterable[tuple[str, Distribution]], timezone: str) -> Tally:
    """The scores of forecasts by name, on the rows of the sample whose horizon at `place` was observed. They are taken
    one by one: one's distributions may go before the next one's come."""
    bikes, docks = sample.bikes[:, place], sample.docks[:, place]
    observed = ~np.isnan(bikes)
    local = local_seconds(sample.times, timezone)
    churn = sample.x[:, FEATURES.index("usual_churn")]
    rows = RowKeys(local % DAY // 3_600, local // DAY, sample.stations, churn).take(observed)
    return Tally(
        rows,
        {
            name: score_rows(distribution.take(observed), bikes[observed], docks[observed])
            for name, distribution in forecasts
        },
    )
