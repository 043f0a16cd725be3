"""Where a run's polls come from: each source knows its feed, what must be there before, and which clock it lives on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from collector.clocks import Clock, SystemClock
from collector.errors import ConfigError, FeedError
from collector.feeds import Feed, FeedConfig, open_feed
from collector.feeds.simulated_city import SYSTEM
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.system_memory import SystemMemory
from forecaster.history import History
from pedalcast.embedded.data_folder import DataFolder
from pedalcast.embedded.errors import RunError
from pedalcast.embedded.known_systems import KnownSystems
from pedalcast.embedded.paced_clock import PacedClock
from pedalcast.embedded.run_options import RunOptions
from pedalcast.embedded.sources.simulated_past import SimulatedPast
from pedalcast.embedded.steps import Steps
from pedalcast.settings import Settings


@dataclass(frozen=True, slots=True)
class RunStores:
    """Where a source may put what lies before its first poll."""

    home: DataFolder
    history: History
    stream: SnapshotStore


class PollSource(ABC):
    """A feed and what belongs to it."""

    system_id: str  # names the folder of its data
    afresh = False  # whether what an earlier run left there must go first

    @abstractmethod
    def prepare(self, stores: RunStores, steps: Steps) -> None:
        """Have everything ready that lies before the first poll."""

    @property
    @abstractmethod
    def feed(self) -> Feed:
        """What is polled, once everything is ready."""

    def clock(self) -> Clock:
        """The clock it lives on, once everything is ready."""
        return SystemClock()

    def polled(self) -> None:
        """After every poll."""
        return

    @property
    def trains_first(self) -> bool:
        """Whether the first model is to be there before the first poll, not while forecasts begin without it."""
        return False

    @property
    def over(self) -> bool:
        """Whether there will be no more polls."""
        return False


class LiveSource(PollSource):
    """A real feed. It is asked once before anything is started, so that a wrong key is told at once."""

    def __init__(self, settings: Settings, steps: Steps) -> None:
        memory = KnownSystems(settings.data_dir)
        self._feed = _open(settings, memory)
        address = settings.gbfs_url.get_secret_value() if settings.gbfs_url else ""
        try:
            snapshot = self._feed.fetch(datetime.now(UTC))
        except FeedError as error:
            system = memory.recall(address) if settings.feed_name == "gbfs" else self._feed.system
            if not error.transient or system is None:
                self._feed.close()
                raise RunError(f"the {settings.feed_name} feed cannot be used: {error.detail}") from None
            steps.note(f"The feed does not answer now ({error.detail}); it will be asked again every five minutes")
            self.system_id = _folder_name(system.id)
            return
        if settings.feed_name == "gbfs" and memory.recall(address) is None:
            self._feed.close()
            raise RunError("the gbfs feed does not say now which system it is (system_information); try again later")
        self.system_id = _folder_name(snapshot.system.id)
        steps.done(f"Feed: {snapshot.system.name}, {len(snapshot.stations)} stations")

    @property
    def feed(self) -> Feed:
        return self._feed

    def prepare(self, stores: RunStores, steps: Steps) -> None:
        """Nothing: a real feed has no past to offer."""


class SimulatedSource(PollSource):
    """The simulated city."""

    system_id = SYSTEM.id

    def __init__(self, options: RunOptions) -> None:
        self._options = options
        self._city: SimulatedPast | None = None

    @property
    def city(self) -> SimulatedPast:
        assert self._city is not None  # noqa: S101 (set by prepare)
        return self._city

    @property
    def feed(self) -> Feed:
        return self.city.feed

    def prepare(self, stores: RunStores, steps: Steps) -> None:
        """Live through three weeks when the city is new, through what was missed when it is not."""
        self._city = city = SimulatedPast(
            stores.home.city, stations=self._options.city_stations, past=self._options.city_past
        )
        if city.new:
            days = self._options.city_past.days
            text = f"Simulated city: {self._options.city_stations} stations, {days} days of history"
            with steps.progress(text) as advance:
                city.live_until(datetime.now(UTC), stores.history, stores.stream, advance)
            steps.done(text)
        else:
            with steps.progress("Simulated city goes on") as advance:
                polls = city.live_until(datetime.now(UTC), stores.history, stores.stream, advance)
            steps.done(f"Simulated city goes on, {polls} polls caught up with")

    def clock(self) -> Clock:
        """The machine's, unless the city is to live faster or has lived beyond the present before."""
        ahead = self.city.now > datetime.now(UTC)
        if self._options.speed == 1 and not ahead:
            return SystemClock()
        return PacedClock(max(self.city.now, datetime.now(UTC)), self._options.speed)

    def polled(self) -> None:
        self.city.keep()


def _open(settings: Settings, memory: SystemMemory) -> Feed:
    """The feed by the collector's own settings, which carry the secrets no further than this."""
    secret = settings.gbfs_headers.get_secret_value() if settings.gbfs_headers else "{}"
    try:
        headers = orjson.loads(secret)
    except orjson.JSONDecodeError:
        raise RunError("GBFS_HEADERS is not a JSON object") from None
    config = FeedConfig(
        feed=settings.feed_name,
        seoul_api_key=settings.seoul_api_key.get_secret_value() if settings.seoul_api_key else "",
        seoul_base_url=settings.seoul_base_url,
        gbfs_url=settings.gbfs_url.get_secret_value() if settings.gbfs_url else "",
        gbfs_headers=headers,
        gbfs_header_hosts=tuple(host.strip() for host in settings.gbfs_header_hosts.split(",") if host.strip()),
        gbfs_allow_private=settings.gbfs_allow_private,
    )
    try:
        return open_feed(config, memory)
    except ConfigError as error:
        raise RunError(str(error)) from None


def _folder_name(system_id: str) -> str:
    """A system's id as a folder's name: feeds may send anything."""
    return Path("".join(c if c.isalnum() or c in "-_." else "-" for c in system_id).strip(".") or "system").name
