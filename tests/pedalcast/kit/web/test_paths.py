"""Stations whose ids hold what paths are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import redis
from fastapi import FastAPI

from collector.snapshot import Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.stopped_clock import StoppedClock

NOW = datetime(2026, 11, 20, 12, 0, 7, tzinfo=UTC)
IDS = ("North/1", "역 2/b", "a%2Fb", "c?d#e", "ends/")
REALTIME, PREDICT = "/api/v1/realtime/stations", "/api/v1/predict/stations"


@pytest.fixture(scope="module")
def client(
    start_service: Callable[[FastAPI], AbstractContextManager[httpx.Client]],
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    url = redis_url.replace("db=0", "db=4")
    stations = tuple(Station(name, f"Station {name}", 3, 7, 37.5, 127.0, 10) for name in IDS)
    with redis.Redis.from_url(url) as store:
        store.flushdb()
        SnapshotStore(store).publish(Snapshot(System("x", "X", "Asia/Seoul"), window_of(NOW), NOW, stations))
    settings = Settings(_env_file=None, redis_url=url, data_dir=Path(tmp_path_factory.mktemp("data")), chat=False)
    with start_service(create_app(settings, clock=StoppedClock(NOW))) as client:
        yield client


@pytest.mark.parametrize("station", IDS)
def test_they_are_found(client: httpx.Client, eventually: Callable[[Callable[[], bool]], None], station: str) -> None:
    eventually(lambda: client.get(PREDICT).is_success)
    encoded = quote(station, safe="")
    for path in (f"{REALTIME}/{encoded}", f"{REALTIME}/{encoded}/history", f"{PREDICT}/{encoded}"):
        for query in ("", "?through=router"):
            answer = client.get(path + query)
            assert (answer.status_code, answer.json()["station_id"]) == (200, station), path


def test_a_slash_may_be_left_as_it_is(client: httpx.Client) -> None:
    assert client.get(f"{REALTIME}/North/1").json()["station_id"] == "North/1"


def test_one_too_many_after_the_list_leads_to_the_list(client: httpx.Client) -> None:
    answer = client.get(f"{REALTIME}/", follow_redirects=True)
    assert answer.json()["count"] == len(IDS)


def test_an_unknown_one_is_told_apart(client: httpx.Client) -> None:
    for path in (f"{REALTIME}/North/2", f"{REALTIME}/North/2/history", f"{PREDICT}/North/2"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "station_not_found"), path


def test_the_description_names_them_plainly(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {f"{REALTIME}/{{station_id}}", f"{REALTIME}/{{station_id}}/history", f"{PREDICT}/{{station_id}}"} <= set(
        paths
    )
