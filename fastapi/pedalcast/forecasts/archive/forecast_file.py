"""Published forecasts as Parquet: `forecasts/date=YYYY-MM-DD/hour=HH.parquet`, by the (UTC) hour they start from.

A row is one station at one horizon of one run. Values are those of the API: bikes to hundredths, chances to
thousandths, null where unknown.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from functools import partial

import numpy as np
import polars as pl

from forecaster.objects import ObjectDamaged, ObjectNotFound, ObjectStore, change, read_object, replaceable
from pedalcast.forecasts.forecast_run import ForecastRun

ROOT = "forecasts/"
HOUR = 3600
ROW_GROUP = 8192  # rows: what is read for one station
_MOMENT = pl.Datetime("ms", "UTC")
SCHEMA: dict[str, pl.DataType] = {
    "run": pl.String(),
    "model": pl.String(),
    "made_at": _MOMENT,
    "target_at": _MOMENT,
    "horizon": pl.Int16(),
    "station_id": pl.String(),
    "bikes": pl.Float32(),
    "low": pl.Int16(),
    "high": pl.Int16(),
    "p_bike": pl.Float32(),
    "p_dock": pl.Float32(),
}
_KEY = re.compile(rf"{ROOT}date=(\d{{4}}-\d\d-\d\d)/hour=(\d\d)\.parquet")


def rows_of(run: ForecastRun) -> pl.DataFrame:
    """All that a run said, horizon by horizon."""
    forecast, stations = run.forecast, len(run.ids)
    minutes = np.repeat(np.array(run.info.minutes, np.int16), stations)
    targets = np.repeat(np.array(run.stamps.targets, np.int64) * 1000, stations)
    ends = {name: np.where(values < 0, np.nan, values) for name, values in _ends(run).items()}
    return pl.DataFrame(
        {
            "horizon": minutes,
            "target_at": targets,
            "station_id": list(run.ids) * len(run.info.minutes),
            "bikes": forecast.bikes.astype(np.float64).round(2).reshape(-1),
            "p_bike": forecast.p_bike.astype(np.float64).round(3).reshape(-1),
            "p_dock": forecast.p_dock.astype(np.float64).round(3).reshape(-1),
            **{name: values.reshape(-1) for name, values in ends.items()},
        },
        nan_to_null=True,
    ).select(
        pl.lit(run.info.id).alias("run"),
        pl.lit(run.info.model).alias("model"),
        pl.lit(run.info.made_at * 1000).cast(pl.Int64).cast(_MOMENT).alias("made_at"),
        *(pl.col(name).cast(SCHEMA[name]) for name in list(SCHEMA)[3:]),
    )


def _ends(run: ForecastRun) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    return {"low": run.forecast.low.astype(np.float64), "high": run.forecast.high.astype(np.float64)}


def hour_key(epoch: int) -> str:
    """The key of the hour that holds a time, epoch seconds."""
    return f"{ROOT}{datetime.fromtimestamp(epoch, UTC):date=%Y-%m-%d/hour=%H}.parquet"


def hour_of_key(key: str) -> int | None:
    """The start of the hour that a key names, epoch seconds; None for a key of another form."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    return int(datetime.strptime(f"{match[1]} {match[2]}+0000", "%Y-%m-%d %H%z").timestamp())


def add(objects: ObjectStore, epoch: int, rows: pl.DataFrame) -> bool:
    """Merge rows into the file of the hour that holds `epoch`; False when their runs are there already.

    Raises `ObjectError`. A damaged file is set aside.
    """
    key = hour_key(epoch)

    def edit(data: bytes | None) -> bytes | None:
        there = replaceable(objects, key, data, _decode)
        fresh = rows if there is None else rows.filter(~pl.col("run").is_in(there["run"].unique().to_list()))
        if fresh.is_empty():
            return None
        return _encode(fresh if there is None else pl.concat([there, fresh]))

    return change(objects, key, edit)


def read_hour(objects: ObjectStore, epoch: int, *, only: str | None = None) -> pl.DataFrame:
    """What was forecast from the hour that holds `epoch`; empty where nothing, or nothing readable, is kept.

    Of one station where `only` names it, which takes a fraction of the time. Raises `StoreUnavailable`.
    """
    try:
        return read_object(objects, hour_key(epoch), _decode if only is None else partial(_decode_station, only))
    except (ObjectNotFound, ObjectDamaged):
        return pl.DataFrame(schema=SCHEMA)


def _encode(rows: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    ordered = rows.sort("station_id", "made_at", "horizon")  # so that one station's rows lie together
    ordered.write_parquet(file, compression="zstd", compression_level=6, row_group_size=ROW_GROUP)
    return file.getvalue()


def _decode(data: bytes) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(data)).select(list(SCHEMA))


def _decode_station(station_id: str, data: bytes) -> pl.DataFrame:
    rows = pl.scan_parquet(io.BytesIO(data)).filter(pl.col("station_id") == station_id)
    return rows.select(list(SCHEMA)).collect()
