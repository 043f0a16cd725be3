"""What is known of one run of the cycle."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import orjson

from forecaster.arrays import Floats
from forecaster.model import Forecast
from pedalcast.forecasts.encoding.byte_matrix import RunTimes, rfc3339


class RunTrigger(StrEnum):
    """Why a run was started."""

    POLL = "poll"
    TICK = "tick"  # no run had started for five minutes
    MODEL = "model"  # the model changed
    LEASE = "lease"  # this replica became the one that forecasts
    RETRY = "retry"  # a run, or its write, had failed


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run in short. Times are epoch seconds; `observed_at` is the newest poll's, `base` what the horizons count from.

    `id` names the poll, the leader's fencing number and how often it has run: no two runs share one.
    """

    id: str
    made_at: int
    observed_at: int
    base: int
    model: str
    minutes: tuple[int, ...]

    def to_json(self, **more: str) -> bytes:
        """What listeners are told, and `more`."""
        return orjson.dumps(
            {
                "run": self.id,
                "made_at": rfc3339(self.made_at),
                "observed_at": rfc3339(self.observed_at),
                "model": self.model,
                "minutes": self.minutes,
                **more,
            }
        )


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that the parts of a cycle took. `read` is the stream entry's way into the window."""

    read: float
    features: float
    predict: float
    write: float

    @property
    def total(self) -> float:
        return self.read + self.features + self.predict + self.write


@dataclass(frozen=True, slots=True)
class ForecastRun:
    """A run with all it forecast. `last_bikes` and `last_docks`, float32[N], are the counts it started from."""

    info: RunInfo
    ids: tuple[str, ...]
    forecast: Forecast
    stamps: RunTimes
    last_bikes: Floats
    last_docks: Floats
    timings: Timings
