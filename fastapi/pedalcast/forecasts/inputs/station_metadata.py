"""What is known of stations beside their counts: from their values in Redis, and from the history."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import orjson

from collector.storage.snapshot_store import SnapshotStore
from forecaster.window import StationSet


class StationTableSource(Protocol):
    """Whoever remembers the stations: the history."""

    def __call__(self) -> StationSet | None:
        """The station table; None when there is none yet, or its store does not answer."""
        ...


class StationMetadata:
    """Positions and capacities as Redis has them; first seen, and the country, as the history remembers them."""

    def __init__(self, store: SnapshotStore, known: StationTableSource = lambda: None) -> None:
        self._store = store
        self._known = known
        self._remembered: StationSet | None = None  # what the history said last, for when it does not answer

    def __call__(self, ids: tuple[str, ...]) -> StationSet:
        """The facts of these stations, in this order; NaN where nobody knows."""
        newest = self._store.latest()
        known = self._remembered = self._known() or self._remembered
        values = [self._value(value) for value in self._ordered(ids)]
        timezone = newest.header.system.timezone if newest is not None else "UTC"
        return StationSet(
            ids=ids,
            lat=_numbers(values, "lat"),
            lon=_numbers(values, "lon"),
            capacity=_numbers(values, "capacity"),
            first_seen=_first_seen(ids, known),
            timezone=timezone,
            country=None if known is None else known.country,
        )

    def _ordered(self, ids: tuple[str, ...]) -> list[bytes | None]:
        values = self._store.stations()
        return [values.get(name) for name in ids]

    def _value(self, value: bytes | None) -> dict[str, Any]:
        found: dict[str, Any] = {} if value is None else orjson.loads(value)
        return found


def _numbers(values: list[dict[str, Any]], name: str) -> npt.NDArray[np.float64]:
    found = (value.get(name) for value in values)
    return np.array([np.nan if number is None else number for number in found], np.float64)


def _first_seen(ids: tuple[str, ...], known: StationSet | None) -> npt.NDArray[np.float64]:
    if known is None:
        return np.full(len(ids), np.nan)
    seen = dict(zip(known.ids, known.first_seen.tolist(), strict=True))
    return np.array([seen.get(name, np.nan) for name in ids], np.float64)
