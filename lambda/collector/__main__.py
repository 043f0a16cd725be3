"""`python -m collector poll`: one poll by hand, or one every so many seconds until stopped."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import closing

import orjson
import redis

from collector.clocks import SystemClock
from collector.errors import ConfigError, FeedError
from collector.feeds import FEEDS, Feed, FeedConfig, open_feed
from collector.polling.poll import poll
from collector.snapshot import Snapshot
from collector.storage.redis_address import redis_address
from collector.storage.redis_client import redis_client
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.station_value import JSON_OPTIONS
from collector.storage.system_memory import RedisSystemMemory

OK, FEED_FAILED, BAD_SETTINGS, NO_REDIS = 0, 1, 2, 3
_EPILOG = """exit codes: 0 published, or the window was there already; 1 the feed gave nothing; 2 a setting is missing
or wrong; 3 Redis cannot be reached. Settings come from the environment: SEOUL_API_KEY, GBFS_URL, GBFS_HEADERS and
REDIS_URL (keys are not taken as options, where other users of the machine could read them)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code says how it went."""
    options = _parser().parse_args(arguments)
    try:
        options.redis_url = options.redis_url or redis_address(os.environ) or "redis://127.0.0.1:6379/0"
        config = _config(options)
        return _dry(config, options) if options.dry_run else _poll(config, options)
    except ConfigError as error:
        print(f"collector: {error}", file=sys.stderr)
        return BAD_SETTINGS
    except FeedError as error:
        print(f"collector: the feed failed: {error}", file=sys.stderr)
        return FEED_FAILED
    except redis.RedisError as error:
        print(f"collector: Redis at {_shown(options.redis_url)} cannot be used: {error}", file=sys.stderr)
        return NO_REDIS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m collector", description=__doc__)
    command = parser.add_subparsers(dest="command", required=True).add_parser(
        "poll", help="poll a feed once and publish the snapshot to Redis", epilog=_EPILOG
    )
    live = [name for name in FEEDS if name != "replay"]
    command.add_argument("--feed", choices=live, help="which feed (default: by what the environment sets)")
    command.add_argument("--gbfs-url", metavar="URL", help="the system's gbfs.json (default: GBFS_URL)")
    command.add_argument("--redis-url", metavar="URL", help="where to publish (default: REDIS_URL, or REDIS_HOST)")
    command.add_argument("--dry-run", action="store_true", help="only fetch and print, publish nothing")
    command.add_argument(
        "--every", metavar="SECONDS", type=int, help="go on, a poll at each multiple of so many seconds"
    )
    command.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    return parser


def _config(options: argparse.Namespace) -> FeedConfig:
    environment = dict(os.environ)
    if options.gbfs_url:
        environment |= {"GBFS_URL": options.gbfs_url, "FEED": "gbfs"}
    if options.feed:
        environment["FEED"] = options.feed
    return FeedConfig.from_environment(environment)


def _poll(config: FeedConfig, options: argparse.Namespace) -> int:
    if options.every is not None and options.every < 1:
        raise ConfigError("--every takes whole seconds from 1 up")
    with (
        redis_client(options.redis_url) as client,
        closing(open_feed(config, RedisSystemMemory(client))) as feed,
    ):
        store = SnapshotStore(client)
        return _poll_once(feed, store, options) if options.every is None else _poll_on(feed, store, options)


def _poll_once(feed: Feed, store: SnapshotStore, options: argparse.Namespace) -> int:
    outcome = poll(feed, store, SystemClock())
    if options.json:
        print(orjson.dumps(outcome.as_dict(), option=JSON_OPTIONS).decode())
    elif outcome.status != "failed":
        marks = [name for name in ("partial", "frozen") if getattr(outcome, name)]
        print(
            f"{outcome.status}: {outcome.stations} stations of {outcome.system}, window {outcome.window:%H:%MZ}", *marks
        )
    if outcome.status == "failed":
        print(f"collector: the feed failed: {outcome.detail} ({outcome.reason})", file=sys.stderr)
        return FEED_FAILED
    return OK


def _poll_on(feed: Feed, store: SnapshotStore, options: argparse.Namespace) -> int:
    """Poll now and then at each multiple of `every` seconds; a fault is told and the next poll tries again."""
    clock, stop = SystemClock(), threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    stopped = False
    while not stopped:
        try:
            _poll_once(feed, store, options)
        except redis.RedisError as error:
            print(f"collector: Redis at {_shown(options.redis_url)} cannot be used: {error}", file=sys.stderr)
        stopped = clock.sleep(options.every - clock.now().timestamp() % options.every, stop)
    return OK


def _dry(config: FeedConfig, options: argparse.Namespace) -> int:
    with closing(open_feed(config)) as feed:
        snapshot: Snapshot = feed.fetch(SystemClock().now())
    if options.json:
        print(orjson.dumps(snapshot, option=JSON_OPTIONS).decode())
        return OK
    for station in snapshot.stations:
        print(f"{station.id}\t{station.bikes}\t{station.docks}\t{station.name}")
    print(f"{len(snapshot.stations)} stations, set aside: {snapshot.rejected or 'none'}", file=sys.stderr)
    return OK


def _shown(url: str) -> str:
    """The address without its password."""
    return url.rsplit("@", 1)[-1].split("?", 1)[0]


if __name__ == "__main__":
    sys.exit(main())
