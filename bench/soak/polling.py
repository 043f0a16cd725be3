"""`python -m bench.soak.polling`: the collector of the soak, a process of its own, one poll a window."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta
from pathlib import Path

import orjson
import redis

from bench.soak.shared_clock import SharedClock
from collector.feeds import FeedConfig, open_feed
from collector.polling.poll import poll
from collector.snapshot import POLL_SECONDS, window_of
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.kit.redis_connection import connect

POLL = timedelta(seconds=POLL_SECONDS)


def main() -> None:
    """Poll until told to stop; a line of JSON a poll goes to the file that `SOAK_POLLS` names."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    clock = SharedClock(float(os.environ["SOAK_STARTED"]), float(os.environ["SOAK_SPEED"]))
    store = SnapshotStore(connect(os.environ["REDIS_URL"]))
    feed = open_feed(FeedConfig(feed="gbfs", gbfs_url=os.environ["GBFS_URL"], timeout=1.5, budget=3.0))
    at = window_of(clock.now())
    with Path(os.environ["SOAK_POLLS"]).open("ab", buffering=0) as lines:
        while not stop.is_set():
            at = max(at, window_of(clock.now())) + POLL
            if clock.wait_until(at, stop):
                break
            try:
                outcome = poll(feed, store, clock)
            except redis.RedisError as error:
                record: dict[str, object] = {"window": at.isoformat(), "status": "redis", "reason": str(error)}
            else:
                record = {
                    "window": outcome.window.isoformat(),
                    "status": outcome.status,
                    "stations": outcome.stations,
                    "observed_at": None if outcome.observed_at is None else outcome.observed_at.isoformat(),
                    "reason": outcome.reason,
                }
            lines.write(orjson.dumps(record | {"acknowledged": clock.now().isoformat()}) + b"\n")
    feed.close()


if __name__ == "__main__":
    main()
