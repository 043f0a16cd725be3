"""An invented city: a window of its polls, and the same as a stored history."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from forecaster.history import History, SystemRecord
from forecaster.objects import open_objects
from forecaster.window import StationSet, Window

START = 1_760_000_400  # a Thursday morning, on a five-minute mark


def _stations(count: int = 20, *, capacity: float = 15.0) -> StationSet:
    """Stations on a grid some 400 m apart."""
    side = int(np.ceil(np.sqrt(count)))
    row, column = np.divmod(np.arange(count), side)
    return StationSet(
        ids=tuple(f"S{i:03d}" for i in range(count)),
        lat=37.5 + row * 0.0036,
        lon=127.0 + column * 0.0045,
        capacity=np.full(count, capacity),
        first_seen=np.full(count, float(START)),
        timezone="Asia/Seoul",
        country="KR",
    )


def invented_city(days: float = 4, *, count: int = 20, step: int = 300, seed: int = 0, holes: bool = False) -> Window:
    """A window of `days` in which stations drift by a rate that follows the hour and differs from one to the next."""
    random = np.random.default_rng(seed)
    who = _stations(count)
    times = START + np.arange(0, int(days * 86_400), step)
    if holes:
        times = times[random.random(len(times)) > 0.1] + random.integers(0, step // 3)
    hour = (times % 86_400) / 3_600
    liking = random.normal(size=count)
    bikes = np.empty((len(times), count), np.float32)
    level = random.integers(0, 15, count).astype(float)
    for i, now in enumerate(hour):
        rate = 0.3 * (1 + np.sin(now / 24 * 2 * np.pi))
        push = liking * np.sin(now / 12 * 2 * np.pi) * 0.2
        level = level + random.poisson(np.maximum(rate + push, 0.01)) - random.poisson(np.maximum(rate - push, 0.01))
        level = np.clip(level, 0, 15)
        bikes[i] = level
    if holes:
        bikes[random.random(bikes.shape) < 0.03] = np.nan
    unknown = np.full_like(bikes, np.nan)
    return Window(who, times.astype(np.int64), bikes, 15 - bikes, unknown, np.ones_like(bikes))


def store_city(folder: Path, window: Window) -> History:
    """The window's polls as a history in a local folder."""
    history = History(open_objects(folder))
    known = window.stations
    table = {"station_id": known.ids, "lat": known.lat, "lon": known.lon, "capacity": known.capacity}
    seen = pl.DataFrame(table).with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("name", "names")),
        *(pl.lit(None, pl.Datetime("ms", "UTC")).alias(name) for name in ("first_seen", "last_seen")),
    )
    history.update_table(seen)
    history.set_system(SystemRecord("invented", "Invented city", known.timezone, known.country))
    history.write(_as_rows(window))
    return history


def _as_rows(window: Window) -> pl.DataFrame:
    polls, stations = np.nonzero(~np.isnan(window.bikes))
    flags = dict.fromkeys(("is_installed", "is_renting", "is_returning"), True)
    rows = pl.DataFrame(
        {
            "ts": pl.Series(window.times[polls] * 1000).cast(pl.Datetime("ms")).dt.replace_time_zone("UTC"),
            "station_id": np.array(window.stations.ids)[stations],
            "bikes": window.bikes[polls, stations],
            "docks": window.docks[polls, stations],
        }
    )
    return rows.with_columns(ebikes=pl.lit(None), capacity=pl.lit(15), **{k: pl.lit(v) for k, v in flags.items()})
