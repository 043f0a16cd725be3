"""Any city that publishes GBFS, versions 1.0 to 3.0: discovery, then a status file a poll, the rest now and then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from collector.errors import FeedError
from collector.feeds.gbfs.document_cache import DocumentCache
from collector.feeds.gbfs.gbfs_files import (
    Envelope,
    VehicleTypes,
    chosen,
    read_discovery,
    read_envelope,
    read_system,
    read_vehicle_types,
    records,
)
from collector.feeds.gbfs.gbfs_stations import Information, read_information, read_status, station_ids, with_names
from collector.feeds.station_positions import plausible_positions
from collector.snapshot import Snapshot, System, window_of
from collector.storage.system_memory import NoSystemMemory, SystemMemory
from collector.transport.addresses import AddressPolicy
from collector.transport.deadline import Deadline
from collector.transport.fetcher import BUDGET, Fetcher
from collector.transport.urls import checked_url, secrets_of

OTHERS = 3  # languages whose names are read beside the system's own …
PATIENCE = 5.0  # … and the seconds that a poll has for all of them
SKEW = timedelta(minutes=1)  # a feed's clock may be so far ahead without being wrong
_DISCOVERY, _SYSTEM = "discovery", "system_information"
_USUAL = frozenset({_SYSTEM, "station_information"})
_MISSING = frozenset({"http_404", "http_410", "bad_url"})  # a file that is not there, rather than out of order

Urls = Mapping[str, str]


class GbfsFeed:
    """One system by the URL of its discovery file (`gbfs.json`, whatever it is called).

        feed = GbfsFeed("https://city.example/gbfs.json", headers={"Authorization": "Bearer …"})
        snapshot = feed.fetch(datetime.now(UTC))
        snapshot.system.name, len(snapshot.stations)

    `policy` says which hosts may be asked and which get the `headers`; by default the discovery's own host gets them.
    Files besides the status may be missing: without information stations go by their ids, and the snapshot says it is
    partial. They are kept for `keep` seconds, longer where their ttl says so. What `memory` knows of the system stands
    until the feed says otherwise. `ConfigError` when `url` is none.
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
        policy: AddressPolicy | None = None,
        memory: SystemMemory | None = None,
    ) -> None:
        address = checked_url(url, "GBFS_URL")
        self.system = System(id=address.host, name=address.host, timezone="UTC")
        self.identified = False  # whether the feed, or the memory, has said who the system is
        self._url = url
        self._budget = budget
        self._memory = memory or NoSystemMemory()
        secrets = (*_header_secrets((headers or {}).values()), *secrets_of(address))
        policy = policy or AddressPolicy(address.host, home_https=address.scheme == "https")
        fetcher = Fetcher(policy, timeout=timeout, backoff=backoff, headers=headers, secrets=secrets)
        self._fetcher = fetcher
        self._files = DocumentCache(fetcher, keep, _DISCOVERY)
        self._unlisted: frozenset[str] = frozenset()  # ids that the information, asked again, did not name either

    def fetch(self, at: datetime) -> Snapshot:
        """The stations as the feed knows them. `FeedError` when discovery or the status cannot be had."""
        deadline = Deadline(self._budget)
        self._files.begin_poll()
        self._recall()
        listed, status = self._status(deadline)
        self._identify(listed[chosen(listed, self.system.language)], deadline)
        own_language = chosen(listed, self.system.language)
        information, faults, missing = self._information_for(status, listed, own_language, deadline)
        types = self._vehicle_types(listed[own_language], deadline)
        zone = ZoneInfo(self.system.timezone)
        stations, more = read_status(status, information, types, zone=zone, at=at)
        if not stations:
            raise FeedError("empty", f"station_status holds no usable station (set aside: {dict(more)})")
        stations, misplaced = plausible_positions(stations, self.system.timezone)
        stated_at, untimely = _stated_at(status, zone, at)
        return Snapshot(
            self.system,
            window_of(at),
            observed_at=min(stated_at or at, at),
            stations=tuple(stations),
            partial=missing or any(station.docks is None for station in stations),
            rejected=dict(faults + more + misplaced + untimely),
            stated_at=stated_at,
        )

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def _recall(self) -> None:
        if not self.identified and (recalled := self._memory.recall(self._url)) is not None:
            self.system, self.identified = recalled, True

    def _status(self, deadline: Deadline) -> tuple[Mapping[str, Urls], Envelope]:
        """The discovery file and the status. A discovery kept from earlier is read again when its status fails."""
        listed = self._discovery(deadline)
        try:
            return listed, self._ask_status(listed, deadline)
        except FeedError:
            self._files.expire(_DISCOVERY)
            if self._files.asked(_DISCOVERY):
                raise
            renewed = self._discovery(deadline)
            if _status_url(renewed, self.system) == _status_url(listed, self.system):
                raise
            return renewed, self._ask_status(renewed, deadline)

    def _discovery(self, deadline: Deadline) -> Mapping[str, Urls]:
        listed = self._files.get(_DISCOVERY, self._url, _read_discovery, deadline)
        if not all(urls.keys() >= _USUAL for urls in listed.values()):
            self._files.expire(_DISCOVERY)  # a file that is seldom away on purpose: see whether it is back
        return listed

    def _ask_status(self, listed: Mapping[str, Urls], deadline: Deadline) -> Envelope:
        status = self._fetcher.get(_absolute(self._url, _status_url(listed, self.system)), read_envelope, deadline)
        if not records(status, "stations"):
            raise FeedError("empty", "station_status holds no usable station: its list is empty")
        return status

    def _identify(self, urls: Urls, deadline: Deadline) -> None:
        """Take the system from its file; where that fails for now, what is known stands and nothing is remembered."""
        before, identified_before = self.system, self.identified
        try:
            if _SYSTEM in urls:
                url = _absolute(self._url, urls[_SYSTEM])
                self.system = self._files.get(_SYSTEM, url, lambda file: read_system(file, before), deadline)
        except FeedError as error:
            if error.reason not in _MISSING:
                return
        self.identified = True
        if not identified_before or self.system != before:
            self._memory.remember(self._url, self.system)

    def _information_for(
        self, status: Envelope, listed: Mapping[str, Urls], own_language: str, deadline: Deadline
    ) -> tuple[dict[str, Information], Counter[str], bool]:
        """The stations' information, its faults, and whether it is missing. Asked again at once for stations that the
        information kept from earlier does not name, unless it did not name them the last time either."""
        name = _information_name(own_language)
        information, faults, missing = self._information(listed[own_language], own_language, deadline)
        unlisted = station_ids(status) - information.keys()
        if unlisted - self._unlisted and not missing and not self._files.asked(name):
            self._files.expire(name)
            information, faults, missing = self._information(listed[own_language], own_language, deadline)
            unlisted = station_ids(status) - information.keys()
        self._unlisted = frozenset(unlisted)
        if information and len(listed) > 1:
            information = self._in_all_languages(information, listed, own_language, deadline)
        return information, faults, missing

    def _information(
        self, urls: Urls, language: str, deadline: Deadline
    ) -> tuple[dict[str, Information], Counter[str], bool]:
        """The stations' information, the records set aside, and whether it is missing."""
        names_in = self.system.language
        if "station_information" not in urls:
            return {}, Counter(), True
        url = _absolute(self._url, urls["station_information"])
        try:
            name = _information_name(language)
            information_and_faults = self._files.get(
                name, url, lambda file: _read_information(file, names_in), deadline
            )
        except FeedError:
            return {}, Counter(), True
        return (*information_and_faults, False)

    def _in_all_languages(
        self, information: dict[str, Information], listed: Mapping[str, Urls], own_language: str, deadline: Deadline
    ) -> dict[str, Information]:
        """With the names that a feed before 3.0 gives in its other languages, as far as they can be had quickly."""
        until = Deadline(min(PATIENCE, deadline.left))
        files = {listed[own_language].get("station_information")}
        names = {own_language: information}
        for language in [language for language in listed if language != own_language][:OTHERS]:
            if listed[language].get("station_information") not in files:
                names[language] = self._information(listed[language], language, until)[0]
        return with_names(names, own_language)

    def _vehicle_types(self, urls: Urls, deadline: Deadline) -> VehicleTypes:
        if "vehicle_types" not in urls:
            return VehicleTypes()
        try:
            url = _absolute(self._url, urls["vehicle_types"])
            return self._files.get("vehicle_types", url, read_vehicle_types, deadline)
        except FeedError:
            return VehicleTypes()


def _read_discovery(envelope: Envelope) -> dict[str, dict[str, str]]:
    """The discovery file of a system with stations: one without a status once does not take the place of the last."""
    listed = read_discovery(envelope)
    if not any("station_status" in urls for urls in listed.values()):
        raise FeedError("no_stations", "the feed has no station_status: it is a system without stations")
    return listed


def _read_information(envelope: Envelope, language: str) -> tuple[dict[str, Information], Counter[str]]:
    """The stations' information: a file without any of them does not take the place of the last."""
    information, faults = read_information(envelope, language)
    if not information:
        raise FeedError("empty", "station_information names no station")
    return information, faults


def _information_name(language: str) -> str:
    return f"station_information {language}"


def _status_url(listed: Mapping[str, Urls], system: System) -> str:
    urls = listed[chosen([language for language in listed if "station_status" in listed[language]], system.language)]
    return urls["station_status"]


def _absolute(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return url  # no URL at all: whoever fetches it will say so


def _header_secrets(values: Iterable[str]) -> list[str]:
    """The headers' values and their longer words ("Bearer …" may be shown without its first)."""
    return [word for value in values for word in (value, *value.split()) if len(word) > len("Bearer")]


def _stated_at(status: Envelope, zone: ZoneInfo, at: datetime) -> tuple[datetime | None, Counter[str]]:
    """When the feed says its counts were true; None, and the reason, where what it says cannot be."""
    stated_at = status.updated_at(zone, at)
    if stated_at is None:
        return None, Counter({"bad_last_updated": 1} if status.last_updated is not None else {})
    if stated_at > at + SKEW:
        return None, Counter({"future_last_updated": 1})
    return stated_at, Counter()
