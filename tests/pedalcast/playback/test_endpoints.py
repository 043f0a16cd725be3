"""Playback over a real socket."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import polars as pl
import pytest
from fastapi import FastAPI

from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from forecaster.objects import open_objects
from pedalcast.app import create_app
from pedalcast.forecasts.archive.forecast_file import SCHEMA, add
from pedalcast.playback.schemas import Playback
from pedalcast.settings import Settings
from tests.stopped_clock import StoppedClock

PATH = "/api/v1/realtime/playback"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CITY = System("toy", "Toy city", "Asia/Seoul", "ko")


def poll(minute: int, bikes: dict[str, int]) -> Snapshot:
    at = NOON + timedelta(minutes=minute)
    stations = tuple(Station(name, name, count, 10 - count, 37.5, 127.0, 10) for name, count in bikes.items())
    return Snapshot(CITY, window_of(at), at, stations=stations)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON + timedelta(minutes=7))


@pytest.fixture
def api(
    settings: Settings,
    store: SnapshotStore,
    clock: StoppedClock,
    serve: Callable[[FastAPI], httpx.Client],
) -> httpx.Client:
    """A service that has seen polls from 11:30 to 12:05; the second station came at 12:00."""
    for number, minute in enumerate(range(-30, 10, 5)):
        store.publish(poll(minute, {"ST-1": number} | ({"ST-2": 5} if minute >= 0 else {})))
    return serve(create_app(settings, clock=clock))


def keep_forecast(settings: Settings, minute: int, p_bike: float | None) -> None:
    """Keep a run of the first station that starts from `minute`, with a horizon of half an hour."""
    base = NOON + timedelta(minutes=minute)
    row = {
        "run": f"run-{minute}",
        "model": "a-model",
        "made_at": base,
        "target_at": base + timedelta(minutes=30),
        "horizon": 30,
        "station_id": "ST-1",
        "bikes": 1.5,
        "low": 0,
        "high": 3,
        "p_bike": p_bike,
        "p_dock": 0.99,
    }
    add(open_objects(settings.objects_url), int(base.timestamp()), pl.DataFrame([row], schema=SCHEMA))


def played(api: httpx.Client, **selection: Any) -> dict[str, Any]:
    answer = api.get(PATH, params=selection)
    assert answer.status_code == 200
    Playback.model_validate(answer.json())
    body: dict[str, Any] = answer.json()
    return body


class TestPlayback:
    def test_has_every_poll_by_hour_and_station(self, api: httpx.Client) -> None:
        body = played(api, hours=2)
        assert body["ids"] == ["ST-1", "ST-2"]
        assert body["timezone"] == "Asia/Seoul"
        before, after = body["hours"]
        assert [hour["from"] for hour in body["hours"]] == ["2026-11-20T11:00:00Z", "2026-11-20T12:00:00Z"]
        assert before["bikes"] == [[0, 1, 2, 3, 4, 5], [-1] * 6]  # the second was not there yet
        assert after["bikes"] == [[6, 7], [5, 5]]
        assert after["docks"] == [[4, 3], [5, 5]]
        assert after["times"] == [int(NOON.timestamp()), int(NOON.timestamp()) + 300]
        assert "p_bike" not in after

    def test_is_the_same_in_every_encoding(self, api: httpx.Client) -> None:
        plain = api.get(PATH, headers={"Accept-Encoding": "identity"})
        with api.stream("GET", PATH, headers={"Accept-Encoding": "gzip, br"}) as packed:
            assert packed.headers["content-encoding"] == "gzip"
            assert gzip.decompress(b"".join(packed.iter_raw())) == plain.content

    def test_is_not_sent_again_until_the_next_poll(
        self, api: httpx.Client, store: SnapshotStore, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        first = api.get(PATH)
        tag = {"If-None-Match": first.headers["etag"]}
        assert api.get(PATH, headers=tag).status_code == 304
        store.publish(poll(10, {"ST-1": 9, "ST-2": 6}))
        eventually(lambda: api.get(PATH, headers=tag).status_code == 200)
        assert played(api)["hours"][-1]["bikes"] == [[6, 7, 9], [5, 5, 6]]

    def test_says_what_had_been_forecast(self, api: httpx.Client, settings: Settings) -> None:
        keep_forecast(settings, -30, 0.124)
        keep_forecast(settings, -25, None)
        before, after = played(api, hours=1, forecast=30)["hours"]
        assert before["p_bike"] == [[-1] * 6] * 2  # half an hour before there was no poll yet
        assert after["p_bike"] == [[12, -1], [-1, -1]]
        assert after["p_dock"] == [[99, 99], [-1, -1]]

    def test_refuses_what_it_has_not(self, api: httpx.Client) -> None:
        assert api.get(PATH, params={"hours": 25}).status_code == 422
        assert api.get(PATH, params={"forecast": 15}).status_code == 422


def test_before_the_first_poll_there_is_nothing(settings: Settings, serve: Callable[[FastAPI], httpx.Client]) -> None:
    answer = serve(create_app(settings)).get(PATH)
    assert (answer.status_code, answer.json()["error"]) == (503, "no_snapshot")


def test_docks_without_limit_have_a_number_of_their_own() -> None:
    assert UNLIMITED_DOCKS == 9999
