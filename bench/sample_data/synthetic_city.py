"""A city of any size that moves: windows to train on, polls to publish. Made at random from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from collector.snapshot import POLL_SECONDS, Snapshot, Station, System
from collector.storage.stream_entry import COLUMNS, decode_entry, encode_entry
from forecaster.arrays import Floats
from forecaster.window import StationSet, Window

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
SYSTEM = System("bench", "Bench city", "Asia/Seoul", "ko")


@dataclass(frozen=True, slots=True)
class SyntheticCity:
    """`bikes` float32[T, N] every five minutes from `start` on; `capacity` and positions of N stations."""

    capacity: npt.NDArray[np.int64]
    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]
    bikes: Floats
    start: datetime = START

    @classmethod
    def of(cls, stations: int, polls: int, seed: int = 7, start: datetime = START) -> SyntheticCity:
        """Bikes come and go at each station's own rate, more of them by day, held between empty and full."""
        random = np.random.default_rng(seed)
        capacity = random.integers(8, 40, stations)
        rate = random.gamma(0.7, 0.3, stations)
        hours = (np.arange(polls) * POLL_SECONDS / 3600 + 9) % 24
        daily = 0.2 + np.sin(np.pi * hours / 24) ** 2
        bikes = np.empty((polls, stations), np.float32)
        now = capacity / 2
        for poll in range(polls):
            come, go = random.poisson(rate * daily[poll], (2, stations))
            now = np.clip(now + come - go, 0, capacity)
            bikes[poll] = np.floor(now)
        side = 0.2 * np.sqrt(max(stations / 2700, 0.1))
        lat, lon = 37.45 + side * random.random(stations), 126.9 + side * random.random(stations)
        return cls(capacity, lat, lon, bikes, start)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(f"ST-{n}" for n in range(len(self.capacity)))

    def stations(self) -> StationSet:
        """What is known of the stations."""
        unknown = np.full(len(self.capacity), np.nan)
        return StationSet(self.ids, self.lat, self.lon, self.capacity.astype(np.float64), unknown, "Asia/Seoul", "KR")

    def window(self) -> Window:
        """All polls as one window."""
        times = int(self.start.timestamp()) + POLL_SECONDS * np.arange(len(self.bikes), dtype=np.int64)
        docks = (self.capacity - self.bikes).astype(np.float32)
        return Window(self.stations(), times, self.bikes, docks, np.full_like(docks, np.nan), np.ones_like(docks))

    def snapshot(self, poll: int) -> Snapshot:
        """One poll as the collector publishes it."""
        at = self.start + timedelta(seconds=POLL_SECONDS * poll)
        rows = zip(
            self.ids, self.bikes[poll].astype(int).tolist(), self.capacity.tolist(), self.lat, self.lon, strict=True
        )
        stations = tuple(Station(i, f"Station {i}", b, c - b, float(y), float(x), c) for i, b, c, y, x in rows)
        return Snapshot(SYSTEM, at, at, stations)


class StreamEntries:
    """Stream entries of a city's polls, made from one template: encoding a hundred thousand stations takes a second."""

    def __init__(self, city: SyntheticCity) -> None:
        self._city = city
        self._value = encode_entry(city.snapshot(0))
        entry = decode_entry("0-0", self._value)
        self._start = len(self._value) - len(entry.data) - len(entry.ids_raw)
        self._first = str(int(city.start.timestamp())).encode()

    def value(self, poll: int) -> bytes:
        """The stream's value of that poll."""
        count = len(self._city.capacity)
        now = str(int(self._city.start.timestamp()) + POLL_SECONDS * poll).encode()
        head = self._value[: self._start].replace(self._first, now)
        body = bytearray(self._value[self._start :])
        at = 0
        for name, dtype in COLUMNS.items():
            column = np.frombuffer(body, dtype, count, at)
            if name == "bikes":
                column[:] = self._city.bikes[poll]
            if name == "docks":
                column[:] = self._city.capacity - self._city.bikes[poll]
            at += column.nbytes
        return head + bytes(body)

    def id(self, poll: int) -> str:
        """The stream's id of that poll."""
        return f"{(int(self._city.start.timestamp()) + POLL_SECONDS * poll) * 1000}-0"
