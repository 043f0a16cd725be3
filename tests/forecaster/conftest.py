"""Fixtures of the learning floor: object stores of both kinds, and a small history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from forecaster.history import History, SystemRecord
from forecaster.objects import ObjectStore, open_objects
from forecaster.window import StationSet, Window


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty object store: once a local folder, once S3."""
    if request.param == "folder":
        return open_objects(tmp_path / "store")
    return open_objects(request.getfixturevalue("s3_url"))


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty history in a local folder."""
    return History(open_objects(tmp_path / "store"))


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


@pytest.fixture
def city() -> Callable[..., Window]:
    """Makes windows of an invented city: `city(days, count=…, step=…, seed=…, holes=…)`."""
    return invented_city


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


@pytest.fixture
def stored_city(tmp_path: Path) -> Callable[..., History]:
    """Makes histories of an invented city in a local folder: `stored_city(days, …)` with the options of `city`."""

    def stored(days: float, **options: Any) -> History:
        window = invented_city(days, **options)
        history = History(open_objects(tmp_path / "city"))
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

    return stored
