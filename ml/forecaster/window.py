"""The input of features: recent observations of a whole system at its own poll times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats


@dataclass(frozen=True, slots=True)
class StationSet:
    """What is known of N stations and does not change from poll to poll.

    `lat`, `lon` (degrees WGS 84) and `capacity` (docks in all) are NaN where unknown; `first_seen` is epoch seconds UTC
    (NaN where unknown). `timezone` is an IANA name, `country` an ISO 3166 alpha-2 code or None.
    """

    ids: tuple[str, ...]
    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]
    capacity: npt.NDArray[np.float64]
    first_seen: npt.NDArray[np.float64]
    timezone: str = "UTC"
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Observations of N stations at T poll times, oldest first.

    `times` is int64[T], epoch seconds UTC, strictly increasing, not necessarily regular. The others are float32[T, N],
    NaN where that station was not observed at that poll: `bikes` to rent, `docks` free (NaN where any number fits),
    `ebikes` (NaN throughout where the feed has none), `renting` (1 or 0).
    """

    stations: StationSet
    times: npt.NDArray[np.int64]
    bikes: Floats
    docks: Floats
    ebikes: Floats
    renting: Floats


@dataclass(frozen=True, slots=True)
class HistoryChunk:
    """A stretch of history with what lies around it: `window` reaches before and after the stretch itself.

    The stretch is [`start`, `end`), epoch seconds UTC: a walk over history in chunks names every poll in exactly one of
    them.
    """

    window: Window
    start: int
    end: int

    def inside(self) -> slice:
        """The rows of `window` that lie in the stretch."""
        first, last = np.searchsorted(self.window.times, [self.start, self.end])
        return slice(int(first), int(last))
