"""A station's past hours beside what had been forecast for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import orjson
import polars as pl

from collector.snapshot import POLL_SECONDS
from collector.storage.station_value import JSON_OPTIONS
from forecaster.history.past_reader import PastPoll
from pedalcast.forecasts.archive.past_forecasts import PastForecasts
from pedalcast.kit.errors import NotFoundError
from pedalcast.kit.web.bounded_work import BoundedWork
from pedalcast.stations.service import StationService

_SHOWN = ("made_at", "bikes", "low", "high", "p_bike", "p_dock", "model")


class StationPastService:
    """Joins the archive with the polls. Slow: for threads."""

    def __init__(self, stations: StationService, archive: PastForecasts) -> None:
        self._stations = stations
        self._archive = archive
        self.work = BoundedWork(at_once=2, waiting=30)

    def body(self, station_id: str, hours: int) -> bytes:
        """The JSON body `ForecastPast` describes. Raises `NotFoundError` and `UnavailableError`."""
        end = int(self._stations.clock.now().timestamp())
        start = end - hours * 3600
        if self._stations.one(station_id) is None:
            raise NotFoundError(f"There is no station {station_id}.", "station_not_found")
        observed = {_window(seen.at): seen for seen in self._stations.past_between(station_id, start, end)}
        forecasts = self._archive.of_station(station_id, start, end)
        body = {
            "station_id": station_id,
            "from": datetime.fromtimestamp(start, UTC),
            "to": datetime.fromtimestamp(end, UTC),
            "points": list(_points(observed, forecasts)),
        }
        return orjson.dumps(body, option=JSON_OPTIONS)


def _window(at: int) -> int:
    return (at + POLL_SECONDS // 2) // POLL_SECONDS * POLL_SECONDS


def _points(observed: dict[int, PastPoll], forecasts: pl.DataFrame) -> Iterator[dict[str, Any]]:
    rows = groupby(forecasts.iter_rows(named=True), key=lambda row: row["window"])
    by_window = {window: [_horizon(row) for row in of_window] for window, of_window in rows}
    for window in sorted(observed.keys() | by_window.keys()):
        seen = observed.get(window)
        yield {
            "at": datetime.fromtimestamp(window, UTC),
            "bikes": None if seen is None else seen.bikes,
            "docks": None if seen is None else seen.docks,
            "forecasts": by_window.get(window, []),
        }


def _horizon(row: dict[str, Any]) -> dict[str, Any]:
    rounded = {name: round(row[name], 3) if isinstance(row[name], float) else row[name] for name in _SHOWN}
    return {"minutes": row["horizon"], **rounded}
