"""The straightforward design, to compare with: for each station one GET, one JSON, one row predicted, one SET."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import orjson
import redis

from collector.storage.snapshot_store import STATION_PREFIX
from forecaster.features import StationContext, build, context_of
from forecaster.model import Forecast, ForecastModel
from forecaster.window import StationSet, Window

PARTS = ("read", "features", "predict", "write")
KEY = "straight:"


@dataclass(frozen=True, slots=True)
class StationInputs:
    """A station on its own: its window, and what features need to know of it, made beforehand."""

    id: str
    window: Window
    context: StationContext


def station_inputs(model: ForecastModel, window: Window, place: int) -> StationInputs:
    """The station at `place` of a window, alone."""
    whole = window.stations
    cut = slice(place, place + 1)
    stations = StationSet(
        whole.ids[cut], whole.lat[cut], whole.lon[cut], whole.capacity[cut], whole.first_seen[cut], whole.timezone
    )
    rows = (window.bikes, window.docks, window.ebikes, window.renting)
    window_of_station = Window(stations, window.times, *(np.ascontiguousarray(values[:, cut]) for values in rows))
    return StationInputs(whole.ids[place], window_of_station, context_of(stations, model.profile))


def forecast(client: redis.Redis, model: ForecastModel, inputs: StationInputs) -> dict[str, float]:
    """Forecast one station; the seconds of each part."""
    marks = [time.perf_counter()]
    now = orjson.loads(client.get(STATION_PREFIX + inputs.id) or b"{}")
    inputs.window.bikes[-1, 0], inputs.window.docks[-1, 0] = now["bikes"], now["docks"]
    marks.append(time.perf_counter())
    features = build(inputs.context, inputs.window, np.array([len(inputs.window.times) - 1]))
    marks.append(time.perf_counter())
    forecast_of_station = model.predict_rows(features, inputs.context)
    marks.append(time.perf_counter())
    client.set(KEY + inputs.id, orjson.dumps(_value(inputs.id, forecast_of_station, model.name)))
    marks.append(time.perf_counter())
    return dict(zip(PARTS, np.diff(marks).tolist(), strict=True))


def _value(station: str, forecast_of_station: Forecast, version: str) -> dict[str, object]:
    horizons = [
        {
            "minutes": minutes,
            "bikes": round(float(forecast_of_station.bikes[h, 0]), 2),
            "low": int(forecast_of_station.low[h, 0]),
            "high": int(forecast_of_station.high[h, 0]),
            "p_bike": round(float(forecast_of_station.p_bike[h, 0]), 3),
            "p_dock": round(float(forecast_of_station.p_dock[h, 0]), 3),
        }
        for h, minutes in enumerate(forecast_of_station.horizons)
    ]
    return {"station_id": station, "made_at": "2026-11-20T10:05:00Z", "model": version, "horizons": horizons}
