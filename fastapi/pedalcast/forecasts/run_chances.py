"""P(at least n bikes) and P(at least n free docks) of a run, for any n and any time up to its last horizon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from forecaster.arrays import Bools, Floats
from pedalcast.forecasts.verification.pending_runs import PendingRun, dump, load

Want = Literal["bike", "dock"]
REACH_AFTER_S = 600  # so long after its last horizon's time a run still answers with it


class RunChances:
    """The chances of N stations at H horizons, read off the run's whole distributions.

    Between two horizons they are interpolated linearly in time; before the first one, from the counts that the run
    started from, which are certain. `unlimited` bool[N] says where any number of bikes can be returned. The run is
    packed or read when it is first asked for.
    """

    def __init__(self, read: Callable[[], PendingRun], unlimited: Bools) -> None:
        self._read = read
        self._unlimited = unlimited

    @cached_property
    def run(self) -> PendingRun:
        """The run's distributions, its times and the counts it started from."""
        return self._read()

    @cached_property
    def position(self) -> dict[str, int]:
        """Each station's place among the N."""
        return {name: place for place, name in enumerate(self.run.ids)}

    @property
    def base(self) -> int:
        """When the run started from, epoch seconds."""
        return self.run.targets[0] - 60 * self.run.minutes[0]

    def at_least(self, want: Want, count: int) -> Floats:
        """The chance of at least `count` at each horizon, float32[H, N]; NaN where unknown."""
        return np.stack([self._at_horizon(want, count, place) for place in range(len(self.run.minutes))])

    def at(self, want: Want, count: int, time: int) -> Floats:
        """The same at a time (epoch seconds), float32[N]; all NaN where that lies beyond the run's reach."""
        minutes = (0, *self.run.minutes)
        wanted = (time - self.base) / 60
        if wanted > minutes[-1] + REACH_AFTER_S / 60:
            return np.full(len(self.run.ids), np.nan, np.float32)
        wanted = min(max(wanted, 0.0), minutes[-1])
        upper = next(place for place, at in enumerate(minutes) if wanted <= at)
        if wanted == minutes[upper]:
            return self._at_place(want, count, upper)
        share = np.float32((wanted - minutes[upper - 1]) / (minutes[upper] - minutes[upper - 1]))
        before, after = self._at_place(want, count, upper - 1), self._at_place(want, count, upper)
        chances: Floats = before + (after - before) * share
        return chances

    def station(self, station_id: str) -> StationChances | None:
        """One station's chances; None where the run has none."""
        return StationChances(self, self.position[station_id]) if station_id in self.position else None

    def _at_place(self, want: Want, count: int, place: int) -> Floats:
        """At the start of the run for place 0, at its horizons in turn for the others."""
        return self._at_start(want, count) if place == 0 else self._at_horizon(want, count, place - 1)

    def _at_start(self, want: Want, count: int) -> Floats:
        there = self.run.last_bikes if want == "bike" else self.run.last_docks
        return self._with_unlimited(want, np.where(np.isnan(there), np.nan, there >= count).astype(np.float32))

    def _at_horizon(self, want: Want, count: int, place: int) -> Floats:
        """Bikes: more than count - 1 of them. Docks: no more bikes come, net, than leave `count` docks free."""
        bikes, docks, packed = self.run.last_bikes, self.run.last_docks, self.run.packed[place]
        chances = 1 - packed.at(count - 1 - bikes) if want == "bike" else packed.at(docks - count)
        unknown = np.isnan(bikes) if want == "bike" else np.isnan(bikes + docks)
        return self._with_unlimited(want, np.where(unknown, np.float32(np.nan), chances))

    def _with_unlimited(self, want: Want, chances: Floats) -> Floats:
        return np.where(self._unlimited, np.float32(1), chances) if want == "dock" else chances

    def to_bytes(self) -> bytes:
        """The run as `pending_runs` writes it, behind a line with its stations without limit as hex bits."""
        return np.packbits(self._unlimited).tobytes().hex().encode() + b"\n" + dump(self.run)

    @classmethod
    def from_bytes(cls, data: bytes) -> RunChances | None:
        """Read what `to_bytes` wrote; None when another version did."""
        bits, _, value = data.partition(b"\n")
        run = load(value)
        if run is None:
            return None
        unlimited = np.unpackbits(np.frombuffer(bytes.fromhex(bits.decode()), np.uint8), count=len(run.ids))
        return cls(lambda: run, unlimited.astype(np.bool_))


@dataclass(frozen=True, slots=True)
class StationChances:
    """One station's chances."""

    _chances: RunChances
    _place: int

    def bikes(self, count: int, time: int) -> float | None:
        """P(at least `count` bikes) at a time (epoch seconds); None where unknown or beyond the run's reach."""
        return _known(float(self._chances.at("bike", count, time)[self._place]))

    def docks(self, count: int, time: int) -> float | None:
        """P(at least `count` free docks), likewise."""
        return _known(float(self._chances.at("dock", count, time)[self._place]))


def _known(chance: float) -> float | None:
    return None if np.isnan(chance) else chance
