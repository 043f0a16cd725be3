"""`station_forecast`, a file of our own: what is expected of each station, and by whom. See docs/gbfs-forecast.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHOWN = ("minutes", "at", "p_bike", "p_dock", "bikes", "low", "high")


def station_forecast(run: Mapping[str, Any], scores_url: str) -> dict[str, Any]:
    """A run's bulk body as a file. Times are RFC 3339 in every version; what is not known is left out, and so is a
    station of which nothing is known."""
    stations = [_station(station, run["made_at"]) for station in run["stations"]]
    head = {"model": run["model"], "made_at": run["made_at"], "scores_url": scores_url}
    return head | {"stations": [station for station in stations if station["horizons"]]}


def _station(station: Mapping[str, Any], made_at: str) -> dict[str, Any]:
    horizons = [{name: horizon[name] for name in SHOWN if horizon[name] is not None} for horizon in station["horizons"]]
    with_bikes = [horizon for horizon in horizons if "bikes" in horizon]
    return {"station_id": station["station_id"], "made_at": station.get("made_at", made_at), "horizons": with_bikes}


def forecast_scores(model: str, horizons: Mapping[str, Any], hours: float) -> dict[str, Any]:
    """How the serving model's forecasts of the last hours turned out, by horizon in minutes."""
    return {"model": model, "hours": hours, "horizons": horizons}
