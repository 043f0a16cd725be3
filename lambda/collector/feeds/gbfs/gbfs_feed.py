"""Any city that publishes GBFS, versions 1.0 to 3.0: discovery, then a status file a poll, the rest now and then."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import parse_qsl, urljoin, urlsplit

from collector.errors import FeedError
from collector.feeds.gbfs.gbfs_files import (
    Envelope,
    VehicleTypes,
    chosen,
    read_discovery,
    read_envelope,
    read_system,
    read_vehicle_types,
)
from collector.feeds.gbfs.gbfs_stations import Information, read_information, read_status, with_names
from collector.snapshot import Snapshot, System, window_of
from collector.transport.fetcher import BUDGET, Deadline, Fetcher, checked_url

OTHERS = 3  # languages whose names are read beside the system's own …
PATIENCE = 5.0  # … and the seconds that a poll has for all of them
_DAY = 86_400.0

T = TypeVar("T")
Urls = Mapping[str, str]


class GbfsFeed:
    """One system by the URL of its discovery file (`gbfs.json`, whatever it is called).

    `headers` (authentication) go to the hosts the feed names, never along a redirect to another one. Files besides the
    status may be missing: without information stations go by their ids, and the snapshot says it is partial. They are
    kept for `keep` seconds, longer where their ttl says so. `ConfigError` when `url` is none.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,
        budget: float = BUDGET,
        backoff: float = 0.5,
        keep: float = 3600.0,
    ) -> None:
        host = checked_url(url, "GBFS_URL").host
        self.system = System(id=host, name=host, timezone="UTC")
        self._url = url
        self._budget = budget
        self._keep = keep
        query = urlsplit(url).query
        secrets = (*(headers or {}).values(), query, *(value for _, value in parse_qsl(query)))
        self._fetcher = Fetcher(timeout=timeout, backoff=backoff, headers=headers, secrets=secrets)
        self._kept: dict[str, tuple[float, Envelope]] = {}

    def fetch(self, at: datetime) -> Snapshot:
        """The stations as the feed knows them. `FeedError` when discovery or the status cannot be had."""
        deadline = Deadline(self._budget)
        listed = read_discovery(self._slow(self._url, deadline))
        urls = listed[chosen(listed, self.system.language)]
        if "station_status" not in urls:
            raise FeedError("no_stations", "the feed has no station_status: it is a system without stations")
        status = self._fetcher.get(_absolute(self._url, urls["station_status"]), read_envelope, deadline)
        self._meet(urls, deadline)
        own = chosen(listed, self.system.language)
        types = self._optional("vehicle_types", listed[own], deadline, read_vehicle_types) or VehicleTypes()
        information, rejected, missing = self._information(listed[own], deadline)
        if information and len(listed) > 1:
            information = self._in_all_languages(information, listed, own, deadline)
        stations, more = read_status(status, information, types)
        if not stations:
            raise FeedError("empty", f"station_status holds no usable station (set aside: {dict(more)})")
        counts = dict(rejected + more)
        return Snapshot(self.system, window_of(at), _observed(status, at), tuple(stations), missing, counts)

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def _meet(self, urls: Urls, deadline: Deadline) -> None:
        fallback = self.system.id
        known = self._optional("system_information", urls, deadline, lambda file: read_system(file, fallback))
        self.system = known or self.system

    def _information(self, urls: Urls, deadline: Deadline) -> tuple[dict[str, Information], Counter[str], bool]:
        """The stations' information, the records set aside, and whether it is missing."""
        language = self.system.language
        found = self._optional("station_information", urls, deadline, lambda file: read_information(file, language))
        return (*found, False) if found is not None else ({}, Counter(), True)

    def _in_all_languages(
        self, information: dict[str, Information], listed: Mapping[str, Urls], own: str, deadline: Deadline
    ) -> dict[str, Information]:
        """With the names that a feed before 3.0 gives in its other languages, as far as they can be had quickly."""
        until = Deadline(min(PATIENCE, deadline.left))
        files = {listed[own].get("station_information")}
        names = {own: information}
        for language in [language for language in listed if language != own][:OTHERS]:
            if listed[language].get("station_information") not in files:
                names[language] = self._information(listed[language], until)[0]
        return with_names(names, own)

    def _optional(self, name: str, urls: Urls, deadline: Deadline, read: Callable[[Envelope], T]) -> T | None:
        """A file that may be missing or broken without harm to the poll."""
        if name not in urls:
            return None
        try:
            return read(self._slow(_absolute(self._url, urls[name]), deadline))
        except FeedError:
            return None

    def _slow(self, url: str, deadline: Deadline) -> Envelope:
        """A file that changes rarely: asked for now and then, and kept when that fails."""
        now = time.monotonic()
        until, kept = self._kept.get(url, (0.0, None))
        if kept is not None and now < until:
            return kept
        try:
            fresh = self._fetcher.get(url, read_envelope, deadline)
        except FeedError:
            if kept is None:
                raise
            return kept
        self._kept[url] = now + max(self._keep, min(float(fresh.ttl), _DAY)), fresh
        return fresh


def _absolute(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return url  # no URL at all: whoever fetches it will say so


def _observed(status: Envelope, at: datetime) -> datetime:
    """When the feed says its counts were true; the poll's time where it does not, or claims the future."""
    return min(status.updated or at, at)
