"""Plans over a real socket, from real polls and the run that persistence makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from fastapi import FastAPI

from collector.snapshot import Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.plans.schemas import Plan
from pedalcast.settings import Settings
from tests.stopped_clock import StoppedClock

PATH = "/api/v1/predict/plan"
NOON = datetime(2026, 11, 20, 12, 0, 7, tzinfo=UTC)
NAMES = {"ko": "은별 도서관", "en": "Eunbyeol Library"}
FULL = Station("ST-1", "은별 도서관", 10, 0, 37.5000, 127.0, 10, names=NAMES)
EMPTY = Station("ST-2", "가온역", 0, 10, 37.5010, 127.0, 10, names={"ko": "가온역", "en": "Gaon Stn."})  # 111 m off
CLOSED = Station("ST-3", "시청", 9, 1, 37.5012, 127.0, 10, renting=False)
FAR = Station("ST-4", "공항", 5, 5, 37.6000, 127.0, 10)
ISLAND = Station("ST-5", "섬", 0, 10, 37.7000, 127.0, 10)


@pytest.fixture(scope="module")
def api(
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    start_service: Callable[[FastAPI], AbstractContextManager[httpx.Client]],
) -> Iterator[httpx.Client]:
    """A service with one poll of five stations at noon (21:00 in Seoul)."""
    settings = Settings(
        _env_file=None,
        redis_url=redis_url,
        data_dir=tmp_path_factory.mktemp("data"),
        chat=False,
        general_model=False,
        rate_limits=False,
        admin_token="a-token-of-the-tests",
    )
    stations = (FULL, EMPTY, CLOSED, FAR, ISLAND)
    at = NOON.replace(second=0)
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        SnapshotStore(client).publish(
            Snapshot(System("toy", "Toy city", "Asia/Seoul", "ko"), window_of(at), at, stations=stations)
        )
    with start_service(create_app(settings, clock=StoppedClock(NOON))) as client:
        for _ in range(600):
            if client.get("/api/v1/predict/stations").is_success:
                break
        yield client


def plan(api: httpx.Client, **question: Any) -> dict[str, Any]:
    answer = api.get(PATH, params=question)
    assert answer.status_code == 200, answer.text
    Plan.model_validate(answer.json())
    body: dict[str, Any] = answer.json()
    return body


class TestPlan:
    def test_go(self, api: httpx.Client) -> None:
        body = plan(api, to="ST-1", minutes=10)
        assert (body["verdict"], body["reason"]) == ("GO", "likely")
        assert body["station"]["now"] == 10
        assert body["station"]["probability"] > 0.95
        assert body["at"] == "2026-11-20T12:10:07Z"
        assert body["why"]["en"].startswith("A bike at Eunbyeol Library at 21:10: likely (9")
        assert body["why"]["ko"].startswith("21:10에 은별 도서관에 자전거가 있을 확률은 9")
        assert body["alternative"] is None
        assert body["wait"] is None

    def test_elsewhere_names_an_open_station_within_a_walk(self, api: httpx.Client) -> None:
        body = plan(api, to="ST-2", minutes=5)
        assert body["verdict"] == "ELSEWHERE"
        other = body["alternative"]
        assert other["station_id"] == "ST-1"  # ST-3 is nearer, and closed
        assert other["distance"] == 111
        assert other["walk_minutes"] == 1.8
        assert other["at"] > body["at"]
        assert other["probability"] > body["station"]["probability"]
        assert "Eunbyeol Library, 2 minutes on foot" in body["why"]["en"]

    def test_docks_are_the_other_way_round(self, api: httpx.Client) -> None:
        assert plan(api, to="ST-2", want="dock")["verdict"] == "GO"
        body = plan(api, to="ST-1", want="dock")
        assert body["verdict"] == "ELSEWHERE"
        assert body["alternative"]["station_id"] in ("ST-2", "ST-3")
        assert "빈 거치대가" in body["why"]["ko"]

    def test_more_than_there_are_is_nowhere(self, api: httpx.Client) -> None:
        body = plan(api, to="ST-4", n=9)
        assert body["reason"] == "nowhere"
        assert body["alternative"] is None
        assert "At least 9 bikes" in body["why"]["en"]

    def test_a_closed_station_is_said_to_be_closed(self, api: httpx.Client) -> None:
        body = plan(api, to="ST-3")
        assert (body["verdict"], body["reason"]) == ("ELSEWHERE", "closed")
        assert body["alternative"]["station_id"] == "ST-1"
        assert "rents no bikes out" in body["why"]["en"]

    def test_a_notice_closes_a_station_too(self, api: httpx.Client) -> None:
        admin = {"Authorization": "Bearer a-token-of-the-tests"}
        notice = api.post("/api/v1/notices", json={"station_id": "ST-1"}, headers=admin)
        assert notice.status_code == 201, notice.text
        try:
            assert plan(api, to="ST-1")["reason"] == "closed"
            assert plan(api, to="ST-2")["alternative"] is None
            moves = api.get("/api/v1/predict/rebalancing").json()["moves"]
            assert "ST-1" not in {source["station_id"] for move in moves for source in move["sources"]}
        finally:
            api.delete(f"/api/v1/notices/{notice.json()['data']['id']}", headers=admin)
        assert plan(api, to="ST-1")["verdict"] == "GO"

    def test_an_island_has_no_alternative(self, api: httpx.Client) -> None:
        assert plan(api, to="ST-5", minutes=0)["alternative"] is None

    def test_a_position_means_the_nearest_station(self, api: httpx.Client) -> None:
        assert plan(api, to="37.5999,127.0")["station"]["station_id"] == "ST-4"

    def test_the_way_gives_the_time(self, api: httpx.Client) -> None:
        start = {"from": "37.4964,127.0"}  # 400 m from ST-1
        walk, ride = plan(api, to="ST-1", **start), plan(api, to="ST-1", want="dock", **start)
        assert walk["station"]["distance"] == 400
        assert walk["minutes"] == pytest.approx(6.5)
        assert ride["minutes"] == pytest.approx(2.6)
        assert plan(api, to="ST-1", minutes=20, **start)["minutes"] == 20

    def test_says_what_it_starts_from(self, api: httpx.Client) -> None:
        body = plan(api, to="ST-1")
        assert body["observed_at"] == "2026-11-20T12:00:00Z"
        assert body["model"] == "persistence"
        assert body["stale"] is False


class TestRefusals:
    @pytest.mark.parametrize(
        ("question", "status", "code"),
        [
            ({"to": "ST-0"}, 404, "station_not_found"),
            ({"to": "95,200"}, 422, "invalid_to"),
            ({"to": "ST-1", "from": "here"}, 422, "invalid_from"),
            ({"to": "ST-1", "minutes": 61}, 422, "invalid_request"),
            ({"to": "ST-1", "n": 0}, 422, "invalid_request"),
            ({"to": "ST-1", "want": "car"}, 422, "invalid_request"),
            ({}, 422, "invalid_request"),
        ],
    )
    def test_are_problems(self, api: httpx.Client, question: dict[str, Any], status: int, code: str) -> None:
        answer = api.get(PATH, params=question)
        assert (answer.status_code, answer.json()["error"]) == (status, code)

    def test_without_a_poll_there_is_nothing_to_plan_with(
        self, settings: Settings, serve: Callable[[FastAPI], httpx.Client], tmp_path: Path
    ) -> None:
        answer = serve(create_app(settings)).get(PATH, params={"to": "ST-1"})
        assert (answer.status_code, answer.json()["error"]) == (503, "no_forecast")
