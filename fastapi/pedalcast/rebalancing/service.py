"""The rebalancing list, from the run that is served and the polls in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson

from forecaster.arrays import Floats
from pedalcast.forecasts.run_chances import RunChances
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.errors import UnavailableError
from pedalcast.kit.web.bounded_work import BoundedWork
from pedalcast.rebalancing.departures import hourly_rates, quiet_stations
from pedalcast.rebalancing.move_plan import CityOutlook, VanMove, moves
from pedalcast.rebalancing.schemas import Rebalancing, RebalancingMove, RebalancingSource, SuspectedFault
from pedalcast.stations.service import StationService
from pedalcast.stations.station_snapshot import StationSnapshot

DAY = 86_400
CSV_COLUMNS = ("station_id", "name", "lat", "lon", "kind", "now", "probability", "riders", "bikes", "from_or_to")


class RebalancingService:
    """Makes the list; takes some ten milliseconds, for threads. Stations that a notice closes (`closed` gives their
    ids) are left out."""

    def __init__(
        self,
        stations: StationService,
        forecasts: ForecastService,
        closed: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._stations = stations
        self._forecasts = forecasts
        self._closed = closed
        self.work = BoundedWork(at_once=1, waiting=20)

    def moves(self, minutes: int, limit: int) -> Rebalancing:
        """The list. Raises `UnavailableError` before the first run."""
        chances = self._forecasts.served().chances
        snapshot = self._stations.stations
        if snapshot is None or chances is None:
            raise UnavailableError("There is nothing to plan with yet.", "no_forecast", retry_after=30)
        values = [orjson.loads(head + b"}") for head in snapshot.heads]
        closed = self._closed()
        for value in values:
            value["installed"] = value["installed"] and value["station_id"] not in closed
        end = int(self._stations.clock.now().timestamp()) + 1
        times = self._stations.recent.times(end - DAY, end)
        bikes, _ = self._stations.recent.counts(snapshot.ids, end - DAY, end)
        time = chances.base + 60 * minutes
        city = _outlook(snapshot, chances, values, time, hourly_rates(bikes, times))
        renting = np.array([bool(value["installed"] and value["renting"]) for value in values], np.bool_)
        return Rebalancing(
            minutes=minutes,
            at=_moment(time),
            made_at=_moment(chances.run.made_at),
            model=chances.run.model,
            moves=[_move(move, values) for move in moves(city, limit)],
            suspected_faults=[
                SuspectedFault(
                    station_id=snapshot.ids[quiet.place],
                    name=values[quiet.place]["name"],
                    bikes=values[quiet.place]["bikes"],
                    since=_moment(quiet.since),
                    expected=round(quiet.expected, 1),
                    probability=float(f"{quiet.probability:.2g}"),
                )
                for quiet in quiet_stations(bikes, times, renting)
            ],
        )


def as_csv(listed: Rebalancing) -> str:
    """The moves as CSV (RFC 4180), a line a station; cells that a spreadsheet would take for formulas are quoted."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    for move in listed.moves:
        sources = "; ".join(f"{source.name} ({source.bikes}, {source.distance} m)" for source in move.sources)
        row = (
            move.station_id, move.name, move.lat, move.lon, move.kind, move.now, move.probability, move.riders,
            move.bikes, sources,
        )  # fmt: skip
        writer.writerow([_plain(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _outlook(
    snapshot: StationSnapshot,
    chances: RunChances,
    values: list[dict[str, Any]],
    time: int,
    rate: tuple[Floats, Floats],
) -> CityOutlook:
    place = np.array([chances.position.get(name, -1) for name in snapshot.ids], np.intp)

    def of_station(array: Floats) -> Floats:
        return np.append(array, np.float32(np.nan))[place]

    bikes, docks = expected_counts(lambda want, count: of_station(chances.at(want, count, time)))
    return CityOutlook(
        bikes=bikes,
        docks=docks,
        p_bike=of_station(chances.at("bike", 1, time)),
        p_dock=of_station(chances.at("dock", 1, time)),
        rate=rate,
        lat=snapshot.lat,
        lon=snapshot.lon,
        open=np.array([bool(value["installed"]) for value in values], np.bool_),
    )


def expected_counts(chance: Callable[[Any, int], Floats], most: int = 30) -> tuple[Floats, Floats]:
    """Expected bikes and docks, float32[N]: the sum of P(at least n), up to `most` of them."""
    bikes: Floats = np.sum([chance("bike", count) for count in range(1, most + 1)], axis=0)
    docks: Floats = np.sum([chance("dock", count) for count in range(1, most + 1)], axis=0)
    return bikes, docks


def _move(move: VanMove, values: list[dict[str, Any]]) -> RebalancingMove:
    value = values[move.place]
    return RebalancingMove(
        station_id=value["station_id"],
        name=value["name"],
        lat=value.get("lat"),
        lon=value.get("lon"),
        kind=move.kind,
        now=value["bikes"],
        probability=round(move.probability, 3),
        riders=round(move.riders, 2),
        bikes=move.bikes,
        sources=[
            RebalancingSource(
                station_id=values[source.place]["station_id"],
                name=values[source.place]["name"],
                bikes=source.bikes,
                distance=source.metres,
            )
            for source in move.sources
        ],
    )


def _moment(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
