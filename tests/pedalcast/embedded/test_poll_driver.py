"""The polls of a run go on whatever they depend on does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis

from collector.feeds import Feed
from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.embedded.paced_clock import PacedClock
from pedalcast.embedded.poll_driver import PollDriver
from pedalcast.embedded.sources.base import PollSource, RunStores
from pedalcast.embedded.steps import Steps
from tests.redis_server import installed, redis_server

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
Eventually = Callable[[Callable[[], bool]], None]


class FullDisk(PollSource):
    """A simulated city whose state cannot be written."""

    system_id = "city"

    def __init__(self) -> None:
        self._city = SimulatedCity(stations=5, start=START)

    def prepare(self, stores: RunStores, steps: Steps) -> None:
        """Nothing."""

    @property
    def feed(self) -> Feed:
        return self._city

    def polled(self) -> None:
        raise OSError(28, "No space left on device")


def _stands(driver: PollDriver) -> bool:
    """Whether no poll was stored for a while, though polls come every few milliseconds."""
    count = driver.count
    time.sleep(0.5)
    return driver.count == count


def test_a_full_disk_and_a_redis_that_refuses_writes_end_no_polls(tmp_path: Path, eventually: Eventually) -> None:
    with redis_server(installed() or "redis-server", tmp_path) as url, redis.Redis.from_url(url) as client:
        store = SnapshotStore(client)
        driver = PollDriver(FullDisk(), store, PacedClock(START, 20_000), lambda: 2**40)
        driver.worker.start()
        eventually(lambda: driver.count > 2)
        client.config_set("maxmemory", 1)
        eventually(lambda: _stands(driver))
        count = driver.count
        client.config_set("maxmemory", 0)
        eventually(lambda: driver.count > count + 2)
        assert driver.worker.stop(60)
        newest = store.latest()
    assert newest is not None
    assert newest.header.window > START + timedelta(minutes=10)
    assert "polls" not in {thread.name for thread in threading.enumerate()}
