"""A city whose polls a test publishes, in a Redis: each in the next window, the last of them now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import redis
from bench.sample_data.synthetic_city import SyntheticCity

from collector.snapshot import POLL_SECONDS, Snapshot, window_of
from collector.storage.snapshot_store import SnapshotStore

STATIONS = 300
MOST_POLLS = 60


class PolledCity:
    """`publish` makes the next poll the present one."""

    def __init__(self, client: redis.Redis, stations: int = STATIONS) -> None:
        start = window_of(datetime.now(UTC)) - timedelta(seconds=POLL_SECONDS * (MOST_POLLS - 1))
        self._city = SyntheticCity.of(stations, MOST_POLLS, start=start)
        self._store = SnapshotStore(client)
        self._next = 0

    def publish(self) -> Snapshot:
        snapshot = self._city.snapshot(self._next)
        self._next += 1
        assert self._store.publish(snapshot)
        return snapshot


@contextmanager
def polled_city(redis_url: str, stations: int = STATIONS) -> Iterator[PolledCity]:
    """A city in this Redis, two polls of it published."""
    with redis.Redis.from_url(redis_url) as client:
        city = PolledCity(client, stations)
        city.publish()
        city.publish()
        yield city


def answers(url: str, status: int = 200) -> bool:
    """Whether a GET is answered with this status at present."""
    try:
        return httpx.get(url, timeout=10).status_code == status
    except httpx.HTTPError:
        return False
