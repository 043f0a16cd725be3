"""The feed by the official schemas, through a client of somebody else's, and through our own collector."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from gbfs.client import GBFSClient  # type: ignore[import-untyped] # it has no annotations
from gbfs_validator import validate_feed  # type: ignore[import-untyped] # the same

from collector.feeds.gbfs.gbfs_feed import GbfsFeed
from collector.snapshot import UNLIMITED_DOCKS, Station
from pedalcast.forecasts.forecast_run import RunInfo
from pedalcast.forecasts.repository import PublishedRun
from tests.pedalcast.gbfs.conftest import Published
from tests.pedalcast.gbfs.snapshots import AT, SAMPLES, SEOUL, sample_snapshot, snapshot_of
from tests.stopped_clock import StoppedClock

VERSIONS = ("2.3", "3.0", "3.1")
PLACE = Station(id="ST-1", name="역", bikes=3, docks=7, lat=37.5, lon=127.0, capacity=10)


def get(client: Any, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


class TestValidity:
    @pytest.mark.parametrize("name", SAMPLES)
    @pytest.mark.parametrize("version", VERSIONS)
    def test_every_file_is_valid_under_the_official_schemas(
        self, publish: Published, shared_data: Path, name: str, version: str
    ) -> None:
        client = publish(sample_snapshot(name, shared_data))
        report = validate_feed(f"{client.base_url}/gbfs/{version}/gbfs.json", docked=True)
        assert report["summary"]["hasErrors"] is False, report["summary"]
        checked = {file["file"] for file in report["files"] if file.get("exists")}
        assert checked == {f"{one}.json" for one in ("gbfs", "gbfs_versions", "system_information")} | {
            "station_information.json",
            "station_status.json",
        }

    def test_the_validator_refuses_what_is_wrong(self, publish: Published) -> None:
        client = publish(snapshot_of(SEOUL, replace(PLACE, lat=137.5)))
        report = validate_feed(f"{client.base_url}/gbfs/3.0/gbfs.json", docked=True)
        assert report["summary"]["hasErrors"] is True


class TestStations:
    def test_a_station_without_limit_has_no_dock_count(self, publish: Published) -> None:
        client = publish(snapshot_of(SEOUL, replace(PLACE, docks=UNLIMITED_DOCKS)))
        (status,) = get(client, "/gbfs/3.0/station_status.json")["data"]["stations"]
        (information,) = get(client, "/gbfs/3.0/station_information.json")["data"]["stations"]
        assert "num_docks_available" not in status
        assert "capacity" not in information

    def test_a_station_without_position_is_left_out(self, publish: Published) -> None:
        client = publish(snapshot_of(SEOUL, PLACE, replace(PLACE, id="ST-2", lat=None, lon=None)))
        for name in ("station_status", "station_information"):
            stations = get(client, f"/gbfs/2.3/{name}.json")["data"]["stations"]
            assert [one["station_id"] for one in stations] == ["ST-1"]

    def test_last_reported_is_the_feeds_or_the_polls(self, publish: Published) -> None:
        reported = AT - timedelta(minutes=4)
        client = publish(snapshot_of(SEOUL, PLACE, replace(PLACE, id="ST-2", reported_at=reported)))
        stations = get(client, "/gbfs/2.3/station_status.json")["data"]["stations"]
        times = {one["station_id"]: one["last_reported"] for one in stations}
        assert times == {"ST-1": int(AT.timestamp()), "ST-2": int(reported.timestamp())}


class TestCaching:
    def test_ttl_ends_with_the_next_poll(self, publish: Published, clock: StoppedClock) -> None:
        client = publish(snapshot_of(SEOUL, PLACE))
        first = get(client, "/gbfs/3.0/station_status.json")["ttl"]
        clock.at += timedelta(minutes=4)
        assert first - get(client, "/gbfs/3.0/station_status.json")["ttl"] == 240
        clock.at += timedelta(minutes=10)
        assert get(client, "/gbfs/3.0/station_status.json")["ttl"] == 0

    def test_nothing_new_is_304(self, publish: Published, clock: StoppedClock) -> None:
        client = publish(snapshot_of(SEOUL, PLACE))
        tag = client.get("/gbfs/3.0/station_status.json").headers["etag"]
        clock.at += timedelta(minutes=1)
        again = client.get("/gbfs/3.0/station_status.json", headers={"if-none-match": tag})
        assert again.status_code == 304

    def test_what_is_not_served_is_404(self, publish: Published) -> None:
        client = publish(snapshot_of(SEOUL, PLACE))
        for path in ("/gbfs/1.0/gbfs.json", "/gbfs/3.0/vehicle_status.json"):
            assert client.get(path).json()["error"] == "gbfs_file_not_found"


class TestRoundTrips:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_our_own_collector_reads_the_same_stations(
        self, publish: Published, shared_data: Path, version: str
    ) -> None:
        sent = sample_snapshot("simulated", shared_data)
        client = publish(sent)
        feed = GbfsFeed(f"{client.base_url}/gbfs/{version}/gbfs.json")
        read = feed.fetch(AT)
        feed.close()
        names_too = version != "2.3"  # which has one language a file
        assert {one.id: _comparable(one, names=names_too) for one in read.stations} == {
            one.id: _comparable(one, names=names_too) for one in sent.stations
        }
        assert (read.system, read.observed_at) == (sent.system, sent.observed_at)

    def test_somebody_elses_client_reads_it(self, publish: Published, shared_data: Path) -> None:
        sent = sample_snapshot("simulated", shared_data)
        client = publish(sent)
        reader = GBFSClient(f"{client.base_url}/gbfs/2.3/gbfs.json", language="ko")
        stations = reader.request_feed("station_status")["data"]["stations"]
        assert {one["station_id"]: one["num_bikes_available"] for one in stations} == {
            one.id: one.bikes for one in sent.stations
        }
        assert reader.request_feed("system_information")["data"]["system_id"] == sent.system.id


def _comparable(station: Station, *, names: bool) -> Station:
    """Without what GBFS has no place for: a report's time is the poll's where the feed has none."""
    return replace(station, names=station.names if names else {}, reported_at=station.reported_at or AT)


class TestForecast:
    def test_it_is_listed_apart_and_leaves_out_what_nobody_knows(self, publish: Published, gbfs_app: FastAPI) -> None:
        client = publish(snapshot_of(SEOUL, PLACE))
        assert client.get("/gbfs/3.0/station_forecast.json").status_code == 503
        gbfs_app.state.forecasts.board.post(_run())
        discovery = get(client, "/gbfs/3.0/gbfs.json")["data"]
        url = next(one["url"] for one in discovery["_feeds"] if one["name"] == "station_forecast")
        content = get(client, url.removeprefix(str(client.base_url)))["data"]
        (station,) = content["stations"]
        assert (content["model"], station["station_id"]) == ("20261120T031500Z-xgboost", "ST-1")
        assert station["horizons"] == [_HORIZON]
        scores = get(client, content["scores_url"].removeprefix(str(client.base_url)))["data"]
        assert scores["model"] == content["model"]


_NUMBERS = {"p_bike": 0.9, "p_dock": 0.8, "bikes": 3.1, "low": 2, "high": 4}
_HORIZON = {"minutes": 10, "at": "2026-11-20T12:10:00Z", **_NUMBERS}


def _run() -> PublishedRun:
    times = {"made_at": "2026-11-20T12:00:06Z", "observed_at": "2026-11-20T12:00:05Z"}
    head = times | {"model": "20261120T031500Z-xgboost"}
    stations = [
        {"station_id": "ST-1", **head, "horizons": [_HORIZON]},
        {"station_id": "ST-2", **head, "horizons": [_HORIZON | dict.fromkeys(_NUMBERS)]},
    ]
    at = int(AT.timestamp())
    info = RunInfo("20261120T120006Z-1", at + 1, at, at, head["model"], (10,))
    return PublishedRun(info, ("ST-1", "ST-2"), orjson.dumps({"run": info.id, **head, "stations": stations}), 0, 0)
