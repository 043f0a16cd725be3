"""A feed of an invented city: about 200 stations on the map of Seoul, the same ones for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from collector.city.plan import Site
from collector.city.town import Town
from collector.snapshot import Snapshot, Station, System, window_of

SYSTEM = System(id="simulated-seoul", name="서울 모의 자전거 (Simulated Seoul)", timezone="Asia/Seoul", language="ko")


class SimulatedCity:
    """Riders come as a Poisson process that varies over the day and the week; see `collector.city`.

    The city lives on whatever clock asks it: `fetch` first advances it to the time asked for, by whole minutes, and
    three weeks take a few seconds. `start` is where a new city begins.
    """

    def __init__(self, seed: int = 7, stations: int = 200, start: datetime | None = None) -> None:
        self.system = SYSTEM
        self.town = Town(seed, stations, start or datetime.now(UTC))
        self._seen = [_station(site, -1, 0) for site in self.town.sites]

    def fetch(self, at: datetime) -> Snapshot:
        """The city at `at` (aware), or as it last was when that is past."""
        self.town.advance(at)
        now = self.town.now
        return Snapshot(self.system, window_of(now), now, self._stations())

    def close(self) -> None:
        """Nothing is held open."""

    def state(self) -> dict[str, Any]:
        """What `restore` needs to go on, JSON-able."""
        return self.town.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a kept state. ValueError when it belongs to another seed or size."""
        self.town.restore(state)

    def _stations(self) -> tuple[Station, ...]:
        """Most stations stay as they are from poll to poll: only those that changed are made anew."""
        town = self.town
        for i, (old, bikes, minute) in enumerate(zip(self._seen, town.bikes, town.changed, strict=True)):
            if old.bikes != bikes or _minute(old) != minute:
                self._seen[i] = _station(town.sites[i], bikes, minute)
        return tuple(self._seen)


def _station(site: Site, bikes: int, minute: int) -> Station:
    lat, lon = site.position
    return Station(
        id=site.id,
        name=site.korean,
        names={"ko": site.korean, "en": site.english},
        bikes=bikes,
        docks=site.racks - bikes,
        capacity=site.racks,
        lat=lat,
        lon=lon,
        reported_at=datetime.fromtimestamp(minute * 60, UTC),
    )


def _minute(station: Station) -> int:
    return int(station.reported_at.timestamp()) // 60 if station.reported_at else 0
