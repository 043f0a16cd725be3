"""GBFS files as bytes, made from what the process knows of stations and forecasts when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from collector.clocks import Clock
from collector.snapshot import POLL_SECONDS
from pedalcast.forecasts.served_run import ServedRun
from pedalcast.forecasts.service import ForecastService
from pedalcast.gbfs.forecast_files import forecast_scores, station_forecast
from pedalcast.gbfs.station_files import StationFields, station_information, station_status
from pedalcast.gbfs.system_files import ADDRESSED, FILES, Operator, discovery, file_url, system_information, versions
from pedalcast.gbfs.versions import GbfsVersion, language_code, languages_of
from pedalcast.kit.errors import NotFoundError, UnavailableError
from pedalcast.kit.web.cached_response import BRISK, CachedResponse
from pedalcast.stations.service import StationService
from pedalcast.stations.station_snapshot import StationSnapshot

TTL_STEP = 30  # seconds: a file's ttl is at most so much too long
PUBLISHING = 5  # seconds that a poll takes until it is served
MOST_FILES = 256  # kept; addresses come from requests, and anybody may invent some
SCORED_HOURS = 24.0

ReadLiveScores = Callable[[str, float], Mapping[str, Any]]  # live scores of a version over so many hours, by horizon


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was made: of which state, and until when its ttl holds."""

    state: str
    until: datetime
    response: CachedResponse


class GbfsService:
    """The files of all served versions. May be used from any thread; making one takes milliseconds."""

    def __init__(
        self,
        *,
        stations: StationService,
        forecasts: ForecastService,
        scores: ReadLiveScores,
        clock: Clock,
        operator: Operator,
        served: Sequence[GbfsVersion],
    ) -> None:
        self._stations = stations
        self._forecasts = forecasts
        self._scores = scores
        self._clock = clock
        self._operator = operator
        self._served = {version.path: version for version in served}
        self._files: dict[tuple[str, str, str], _File] = {}

    def cached(self, version: str, name: str, base: str = "") -> CachedResponse | None:
        """The file where it is ready; None where it must be made (`file`)."""
        file = self._files.get((version, name, base if name in ADDRESSED else ""))
        if file is None or file.until <= self._clock.now() or file.state != self._state(name):
            return None
        return file.response

    def file(self, version: str, name: str, base: str) -> CachedResponse:
        """The file `name` of a version, for requests to the address `base`.

        Raises `NotFoundError` for what is not served, `UnavailableError` before the first poll (the first forecast).
        """
        served = self._served.get(version)
        if served is None or name not in FILES:
            raise NotFoundError(f"There is no GBFS file {version}/{name}.json.", "gbfs_file_not_found")
        return self.cached(version, name, base) or self._make(served, name, base)

    def _make(self, version: GbfsVersion, name: str, base: str) -> CachedResponse:
        state, now = self._state(name), self._clock.now()
        snapshot = self._snapshot()
        seconds_left = _seconds_to_next(snapshot, now)
        updated, content = self._content(version, name, base, snapshot)
        body = orjson.dumps(version.document(updated, seconds_left, content))
        response = CachedResponse.of(body, f"{name}-{version.path}-{state}", compress=BRISK)
        if len(self._files) >= MOST_FILES:
            self._files.clear()
        until = now + timedelta(seconds=min(TTL_STEP, max(seconds_left, 1)))
        self._files[version.path, name, base if name in ADDRESSED else ""] = _File(state, until, response)
        return response

    def _content(
        self, version: GbfsVersion, name: str, base: str, snapshot: StationSnapshot
    ) -> tuple[datetime, dict[str, Any]]:
        """When the content was last true, and the content."""
        language = language_code(snapshot.system.language)
        if name == "gbfs":
            return snapshot.observed_at, discovery(version, base, language)
        if name == "gbfs_versions":
            return snapshot.observed_at, versions(base, tuple(self._served.values()))
        if name in ("station_forecast", "forecast_scores"):
            return self._forecast(version, name, base)
        values = _values(snapshot)
        if name == "station_status":
            return snapshot.observed_at, station_status(version, values)
        if name == "station_information":
            return snapshot.observed_at, station_information(version, values, language)
        languages = languages_of(language, (station.get("names", {}) for station in values))
        return snapshot.observed_at, system_information(version, snapshot.system, languages, self._operator)

    def _forecast(self, version: GbfsVersion, name: str, base: str) -> tuple[datetime, dict[str, Any]]:
        run = self._run()
        body = orjson.loads(run.whole.plain)
        made_at = datetime.fromisoformat(body["made_at"])
        if name == "station_forecast":
            return made_at, station_forecast(body, file_url(version, base, "forecast_scores"))
        model = str(body["model"])
        return made_at, forecast_scores(model, self._scores(model, SCORED_HOURS), SCORED_HOURS)

    def _state(self, name: str) -> str:
        """What a file's content depends on; it is the ETag's."""
        if name in ("station_forecast", "forecast_scores"):
            run = self._forecasts.board.posted
            return "none" if run is None else run.info.id
        stations = self._stations.stations
        return "none" if stations is None else stations.snapshot_id

    def _run(self) -> ServedRun:
        run = self._forecasts.board.posted
        if run is None:
            raise UnavailableError("There has been no forecast yet.", "no_forecast", retry_after=30)
        return run

    def _snapshot(self) -> StationSnapshot:
        stations = self._stations.stations
        if stations is None:
            raise UnavailableError("There has been no poll yet.", "no_snapshot", retry_after=30)
        return stations


def _values(snapshot: StationSnapshot) -> list[StationFields]:
    return [orjson.loads(head + b"}") for head in snapshot.heads]


def _seconds_to_next(snapshot: StationSnapshot, now: datetime) -> int:
    """Until the next poll is served; 0 where it is overdue, which tells readers to ask again whenever they like."""
    window = datetime.strptime(snapshot.snapshot_id, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    following = window + timedelta(seconds=POLL_SECONDS + PUBLISHING)
    return max(0, int((following - now).total_seconds()))
