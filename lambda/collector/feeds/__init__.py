"""Feeds: one file each, every one of them turns what its source sends into snapshots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from collector.errors import ConfigError
from collector.feeds.config import FEEDS, FeedConfig
from collector.snapshot import Snapshot, Station, System, window_of
from collector.storage.system_memory import SystemMemory

__all__ = ["FEEDS", "Feed", "FeedConfig", "Snapshot", "Station", "System", "open_feed", "window_of"]


class Feed(Protocol):
    """A source of snapshots.

        feed = open_feed(FeedConfig("gbfs", gbfs_url="https://city.example/gbfs.json"))
        with closing(feed):
            snapshot = feed.fetch(datetime.now(UTC))

    A feed of one's own needs `system`, `fetch` and `close` and is handed to `poll` as any other:

    >>> class TwoStations:
    ...     system = System("mine", "Mine", "Asia/Seoul")
    ...
    ...     def fetch(self, at: datetime) -> Snapshot:
    ...         stations = (Station("a", "Quay", 3, 7), Station("b", "Park", 0, 12))
    ...         return Snapshot(self.system, window_of(at), at, stations)
    ...
    ...     def close(self) -> None: ...
    >>> feed: Feed = TwoStations()
    >>> feed.fetch(datetime(2026, 11, 20, 10, 7, tzinfo=UTC)).id
    '20261120T100500Z'
    """

    @property
    def system(self) -> System:
        """The system it reports on; a feed that has to ask for it may know it only after the first fetch."""
        ...

    def fetch(self, at: datetime) -> Snapshot:
        """The system at `at` (aware), the time of the poll. Raises `FeedError`."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def open_feed(config: FeedConfig, memory: SystemMemory | None = None) -> Feed:
    """The feed that the settings name. `ConfigError` when one it needs is missing.

    `memory` is where a GBFS city's identity is kept from one process to the next.

    Each feed is imported only when it is the one: a Lambda starts the faster. A replay needs what reads its recording
    and is opened there.
    """
    if config.feed == "seoul":
        return _seoul(config)
    if config.feed == "gbfs":
        return _gbfs(config, memory)
    if config.feed == "simulated":
        return _simulated(config)
    raise ConfigError("a replay is opened by the service, which can read recordings")


def _seoul(config: FeedConfig) -> Feed:
    from collector.feeds.seoul.seoul_feed import SeoulFeed  # noqa: PLC0415 only the feed in use

    if not config.seoul_api_key:
        raise ConfigError("SEOUL_API_KEY is not set: get a key at data.seoul.go.kr, or try the key sample (5 stations)")
    return SeoulFeed(config.seoul_api_key, base_url=config.seoul_base_url, timeout=config.timeout, budget=config.budget)


def _gbfs(config: FeedConfig, memory: SystemMemory | None) -> Feed:
    from collector.feeds.gbfs.gbfs_feed import GbfsFeed  # noqa: PLC0415 only the feed in use
    from collector.transport.addresses import AddressPolicy  # noqa: PLC0415
    from collector.transport.urls import checked_url  # noqa: PLC0415

    if not config.gbfs_url:
        raise ConfigError("GBFS_URL is not set: the address of the system's gbfs.json")
    address = checked_url(config.gbfs_url, "GBFS_URL")
    policy = AddressPolicy(
        address.host,
        home_https=address.scheme == "https",
        header_hosts=config.gbfs_header_hosts,
        allow_private=config.gbfs_allow_private,
    )
    return GbfsFeed(
        config.gbfs_url,
        headers=config.gbfs_headers,
        timeout=config.timeout,
        budget=config.budget,
        policy=policy,
        memory=memory,
    )


def _simulated(config: FeedConfig) -> Feed:
    from collector.feeds.simulated_city import SimulatedCity  # noqa: PLC0415 only the feed in use

    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return SimulatedCity(seed=config.seed, start=midnight - timedelta(days=1))
