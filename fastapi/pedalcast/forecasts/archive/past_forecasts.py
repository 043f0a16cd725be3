"""What had been forecast for times that have passed, read from the archive."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import polars as pl

from collector.snapshot import POLL_SECONDS
from forecaster.objects import ObjectError, ObjectStore
from pedalcast.forecasts.archive.forecast_file import HOUR, read_hour
from pedalcast.kit.errors import UnavailableError

FARTHEST = HOUR  # seconds that a forecast reaches ahead
READERS = 4
Percents = npt.NDArray[np.int8]


class PastForecasts:
    """Reads of the archive. Raises `UnavailableError` where the object store does not answer."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def of_station(self, station_id: str, start: int, end: int) -> pl.DataFrame:
        """What was forecast for [start, end] (epoch seconds): columns of the archive and `window`, the five minutes
        (epoch seconds) nearest to the target; the newest run for each horizon of a window."""
        span = range((start - FARTHEST) // HOUR * HOUR, end + 1, HOUR)
        with ThreadPoolExecutor(READERS, thread_name_prefix="past-forecasts") as pool:
            hours = pool.map(lambda hour: self._hour(hour, only=station_id), span)
            rows = pl.concat(list(hours))
        return _windowed(rows).filter(pl.col("window").is_between(start, end))

    def chances(self, ids: Sequence[str], times: npt.NDArray[np.int64], minutes: int) -> tuple[Percents, Percents]:
        """The chances of a bike and of a dock that had been forecast `minutes` before for these times, int8[N, T] in
        percent; -1 where nothing was."""
        p_bike, p_dock = (np.full((len(ids), len(times)), -1, np.int8) for _ in range(2))
        if not len(times):
            return p_bike, p_dock
        first, last = int(times[0]) - 60 * minutes - POLL_SECONDS, int(times[-1]) - 60 * minutes + POLL_SECONDS
        hours = [self._hour(hour) for hour in range(first // HOUR * HOUR, last + 1, HOUR)]
        rows = _windowed(pl.concat(hours).filter(pl.col("horizon") == minutes))
        column = pl.DataFrame({"window": windows_of(times), "column": np.arange(len(times))}).unique("window")
        place = pl.DataFrame({"station_id": list(ids), "place": np.arange(len(ids))})
        cells = rows.join(column, on="window").join(place, on="station_id")
        at = cells["place"].to_numpy(), cells["column"].to_numpy()
        for name, percents in (("p_bike", p_bike), ("p_dock", p_dock)):
            percents[at] = (cells[name] * 100).round().fill_null(-1).cast(pl.Int8).to_numpy()
        return p_bike, p_dock

    def _hour(self, hour: int, *, only: str | None = None) -> pl.DataFrame:
        try:
            return read_hour(self._objects, hour, only=only)
        except ObjectError as error:
            raise UnavailableError("The archive of forecasts does not answer.", "archive_unavailable") from error


def windows_of(times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The five minutes nearest to each time, epoch seconds."""
    return (times + POLL_SECONDS // 2) // POLL_SECONDS * POLL_SECONDS


def _windowed(rows: pl.DataFrame) -> pl.DataFrame:
    """With their `window`, the newest run's row for each window, horizon and station, in order."""
    seconds = pl.col("target_at").dt.epoch("s")
    window = (seconds + POLL_SECONDS // 2) // POLL_SECONDS * POLL_SECONDS
    ordered = rows.with_columns(window.alias("window")).sort("window", "horizon", "made_at")
    return ordered.unique(["window", "horizon", "station_id"], keep="last", maintain_order=True)
