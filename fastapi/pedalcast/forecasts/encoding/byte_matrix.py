"""All forecasts of a run written at once: numbers gathered into the layout's gaps, commands and bodies cut from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import orjson

from forecaster.model import Forecast
from pedalcast.forecasts.encoding import fixed_width
from pedalcast.forecasts.encoding.byte_layout import TIME_WIDTH, ByteLayout, build_layout


@dataclass(frozen=True, slots=True)
class RunTimes:
    """The times of a run, epoch seconds: when it was made, each station's observation [N], each target [H]."""

    made_at: int
    observed_at: npt.NDArray[np.int64]
    targets: tuple[int, ...]


class ByteMatrix:
    """The byte matrix of one set of stations, filled anew each run.

    What it gives out as memoryviews is valid until the next `fill`. Values are rounded: bikes to hundredths,
    probabilities to thousandths; NaN and negative counts become null.
    """

    def __init__(self, layout: ByteLayout) -> None:
        self.layout = layout
        self._rows = layout.rows
        self._flat = layout.rows.reshape(-1)

    @classmethod
    def for_run(
        cls, before: ByteMatrix | None, ids: tuple[str, ...], model: str, minutes: tuple[int, ...]
    ) -> ByteMatrix:
        """The sheet `before` when it fits these stations, model and horizons, a new one otherwise."""
        if before is not None:
            last = before.layout
            if (last.ids is ids or last.ids == ids) and last.model == model and last.minutes == minutes:
                return before
        return cls(build_layout(ids, model, minutes))

    def fill(self, forecast: Forecast, stamps: RunTimes) -> None:
        """Write the run's numbers and times into the gaps."""
        if not len(self._rows):
            return
        lay = self.layout
        self._column(lay.made_at, TIME_WIDTH)[...] = _stamp(stamps.made_at)
        self._observed(stamps.observed_at)
        self._gaps(lay.at, TIME_WIDTH)[...] = np.array([_stamp(t) for t in stamps.targets], f"V{TIME_WIDTH}")
        bikes = fixed_width.scaled(forecast.bikes.T, 100, fixed_width.COUNT_MAX * 100 + 99)
        self._gaps(lay.bikes, 5)[...] = fixed_width.wholes()[bikes // 100]
        self._gaps(lay.bikes + 5, 3)[...] = fixed_width.fractions()[np.where(bikes < 0, fixed_width.NULL, bikes % 100)]
        for offset, counted in ((lay.low, forecast.low), (lay.high, forecast.high)):
            self._gaps(offset, fixed_width.COUNT_WIDTH)[...] = fixed_width.counts()[
                np.maximum(counted.T, fixed_width.NULL)
            ]
        for offset, share in ((lay.p_bike, forecast.p_bike), (lay.p_dock, forecast.p_dock)):
            self._gaps(offset, fixed_width.SHARE_WIDTH)[...] = fixed_width.shares()[
                fixed_width.scaled(share.T, 1000, 1000)
            ]

    def commands(self) -> Iterator[bytes | memoryview]:
        """The MSET commands of all stations, in the Redis protocol, ready for the socket."""
        size = self._rows.shape[1]
        for chunk in self.layout.chunks:
            yield chunk.head
            yield self._flat[chunk.start * size : chunk.start * size + chunk.end].data

    def body(self, head: bytes) -> bytes:
        """The bulk body: `head` (the JSON up to the array), every station's value, the closing brackets."""
        width = self.layout.width
        count = len(self._rows)
        whole = np.empty(len(head) + count * (width + 1) + 2 - (count > 0), np.uint8)
        whole[: len(head)] = np.frombuffer(head, np.uint8)
        rows = np.lib.stride_tricks.as_strided(whole[len(head) :], (count, width), (width + 1, 1))
        rows[...] = self._rows[:, :width]
        whole[len(head) + width :: width + 1] = ord(",")
        whole[-2:] = np.frombuffer(b"]}", np.uint8)
        return whole.tobytes()

    def _column(self, offset: int, width: int) -> npt.NDArray[np.void]:
        """The N gaps of `width` bytes at `offset` of each row."""
        size = self._rows.shape[1]
        return np.ndarray((len(self._rows),), f"V{width}", self._rows.data, offset, (size,))

    def _gaps(self, offset: int, width: int) -> npt.NDArray[np.void]:
        """The N × H gaps of `width` bytes at `offset` of each horizon's block."""
        lay, size = self.layout, self._rows.shape[1]
        shape = (len(self._rows), len(lay.minutes))
        return np.ndarray(shape, f"V{width}", self._rows.data, lay.block_at + offset, (size, lay.block))

    def _observed(self, observed: npt.NDArray[np.int64]) -> None:
        column = self._column(self.layout.observed_at, TIME_WIDTH)
        first = observed[0]
        column[...] = _stamp(int(first))
        others = np.flatnonzero(observed != first)
        for moment in np.unique(observed[others]):
            column[others[observed[others] == moment]] = _stamp(int(moment))


def rfc3339(epoch: int) -> str:
    """Epoch seconds as `2026-11-20T10:05:00Z`."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def body_head(run: str, made_at: int, observed_at: int, model: str) -> bytes:
    """The bulk body's JSON up to its array of stations."""
    head = {"run": run, "made_at": rfc3339(made_at), "observed_at": rfc3339(observed_at), "model": model}
    return orjson.dumps(head)[:-1] + b',"stations":['


def _stamp(epoch: int) -> np.void:
    return np.void(rfc3339(epoch).encode())
