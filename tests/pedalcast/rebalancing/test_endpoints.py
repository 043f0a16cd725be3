"""The list over a real socket."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from collector.snapshot import Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.rebalancing.schemas import Rebalancing
from pedalcast.settings import Settings
from tests.stopped_clock import StoppedClock

PATH = "/api/v1/predict/rebalancing"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def api(
    settings: Settings,
    store: SnapshotStore,
    serve: Callable[[FastAPI], httpx.Client],
    eventually: Callable[[Callable[[], bool]], None],
) -> httpx.Client:
    """A service with a poll of an empty, a full and a middling station; the empty one's name begins like a formula."""
    stations = (
        Station("ST-1", "=1+1", 0, 20, 37.5, 127.0, 20),
        Station("ST-2", "시청", 20, 0, 37.505, 127.0, 20),
        Station("ST-3", "은별 도서관", 10, 10, 37.502, 127.0, 20),
    )
    store.publish(Snapshot(System("toy", "Toy", "Asia/Seoul", "ko"), window_of(NOON), NOON, stations=stations))
    client = serve(create_app(settings, clock=StoppedClock(NOON)))
    eventually(lambda: client.get(PATH).is_success)
    return client


class TestList:
    def test_says_what_to_bring_where(self, api: httpx.Client) -> None:
        listed = Rebalancing.model_validate(api.get(PATH, params={"minutes": 60}).json())
        assert listed.minutes == 60
        by_kind = {move.kind: move for move in listed.moves}
        assert by_kind["empty"].station_id == "ST-1"
        assert by_kind["empty"].bikes > 0
        assert [source.station_id for source in by_kind["empty"].sources] == ["ST-3", "ST-2"]
        assert by_kind["full"].station_id == "ST-2"
        assert by_kind["full"].bikes < 0
        assert listed.suspected_faults == []

    def test_as_a_table_without_formulas(self, api: httpx.Client) -> None:
        answer = api.get(PATH, headers={"Accept": "text/csv"})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert {row["station_id"] for row in rows} == {"ST-1", "ST-2"}
        assert next(row for row in rows if row["station_id"] == "ST-1")["name"] == "'=1+1"

    def test_refuses_what_it_has_not(self, api: httpx.Client) -> None:
        assert api.get(PATH, params={"minutes": 45}).status_code == 422
        assert len(api.get(PATH, params={"limit": 1}).json()["moves"]) == 1
