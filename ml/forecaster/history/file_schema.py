"""Where history lies in the object store, and what its Parquet files hold.

history/system.json                                  whose history this is
history/stations.parquet                             STATIONS, a row a station
history/date=YYYY-MM-DD/hour=HH/status.parquet       STATUS, a row a station and poll; date and hour in UTC
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime

import polars as pl

ROOT = "history/"
SYSTEM_KEY = ROOT + "system.json"
STATIONS_KEY = ROOT + "stations.parquet"
HOUR = 3600

TIME = pl.Datetime("ms", "UTC")
STATUS = pl.Schema(
    {
        "ts": TIME,  # when the counts were observed
        "station_id": pl.String(),
        "bikes": pl.Int16(),
        "docks": pl.Int16(),  # free docks; null where unknown
        "ebikes": pl.Int16(),  # of the bikes; null where unknown
        "capacity": pl.Int16(),  # null where unknown
        "is_installed": pl.Boolean(),
        "is_renting": pl.Boolean(),
        "is_returning": pl.Boolean(),
    }
)
STATIONS = pl.Schema(
    {
        "station_id": pl.String(),
        "name": pl.String(),
        "names": pl.String(),  # JSON: language -> name
        "lat": pl.Float64(),  # degrees WGS 84; null where unknown, as is capacity
        "lon": pl.Float64(),
        "capacity": pl.Int16(),
        "first_seen": TIME,
        "last_seen": TIME,
    }
)

_HOUR_KEY = re.compile(r"history/date=(\d{4}-\d\d-\d\d)/hour=(\d\d)/status\.parquet")


def hour_key(epoch: int) -> str:
    """The key of the file for the UTC hour that `epoch` (seconds) falls into."""
    at = datetime.fromtimestamp(epoch, UTC)
    return f"{ROOT}date={at:%Y-%m-%d}/hour={at:%H}/status.parquet"


def hours_of(keys: Iterable[str]) -> list[int]:
    """The starts (epoch seconds) of the hours that these keys hold, oldest first; other keys are passed over."""
    matches = (_HOUR_KEY.fullmatch(key) for key in keys)
    return sorted(int(datetime.fromisoformat(f"{m[1]}T{m[2]}:00:00+00:00").timestamp()) for m in matches if m)


def to_parquet(frame: pl.DataFrame) -> bytes:
    """The frame as a Parquet file's bytes; equal frames give equal bytes."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=1, statistics=True)
    return buffer.getvalue()


def read_status(data: bytes) -> pl.DataFrame:
    """The rows of an hour file's bytes; raises polars' errors when they are not a file with the columns of `STATUS`."""
    return pl.read_parquet(io.BytesIO(data)).select(STATUS.names()).cast(STATUS)


def read_stations(data: bytes) -> pl.DataFrame:
    """The rows of a station table's bytes; raises as `read_status`, for `STATIONS`."""
    return pl.read_parquet(io.BytesIO(data)).select(STATIONS.names()).cast(STATIONS)
