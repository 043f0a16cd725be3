"""The models that are measured: trained by the product's own training, once a run of the bench."""

from __future__ import annotations

from functools import cache

from bench.sample_data.memory_history import MemoryHistory
from bench.sample_data.synthetic_city import SyntheticCity
from forecaster.model import ForecastModel
from forecaster.model.engines import Engine
from forecaster.training.trainer import train

STATIONS, POLLS, ROWS = 200, 8 * 288, 40_000


@cache
def trained(engine: Engine = "xgboost", horizons: tuple[int, ...] = (10,)) -> ForecastModel:
    """A model of as many trees as the product grows, learned from eight days of a small city."""
    history = MemoryHistory(SyntheticCity.of(STATIONS, POLLS).window())
    return train(history, engine=engine, horizons=horizons, sample_rows=ROWS)
