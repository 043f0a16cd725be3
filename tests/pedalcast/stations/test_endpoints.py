import dataclasses
import gzip
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import brotli
import httpx
import polars as pl
import pytest
import redis
from fastapi import FastAPI

from collector.feeds.simulated_city import SimulatedCity
from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.station_value import station_key
from forecaster.history import History
from forecaster.history.file_schema import STATIONS, STATUS
from forecaster.objects import open_objects
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.stopped_clock import StoppedClock

PATH = "/api/v1/realtime/stations"
NOON = datetime(2026, 11, 20, 12, 0, 7, tzinfo=UTC)
SEOUL = System("seoul", "따릉이", "Asia/Seoul", "ko")
MANGWON = Station("ST-4", "102. 망원역 1번출구 앞", 4, 11, 37.5556, 126.9106, 15, names={"en": "Mangwon"})
YEOUINARU = Station("ST-78", "207. 여의나루역", 30, 0, 37.5272, 126.9326, 30)
NOWHERE = Station("ST-9", "No position", 1, 1)


def snapshot(*stations: Station, at: datetime = NOON, partial: bool = False) -> Snapshot:
    return Snapshot(SEOUL, window_of(at), at, stations, partial=partial)


@pytest.fixture(scope="module")
def running(
    start_service: Callable[[FastAPI], AbstractContextManager[httpx.Client]],
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, StoppedClock, Settings]]:
    """One service for all tests that only read, on a database of Redis that no other test touches."""
    url = redis_url.replace("db=0", "db=1")
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        SnapshotStore(client).publish(snapshot(MANGWON, YEOUINARU, NOWHERE))
    clock = StoppedClock(NOON + timedelta(seconds=42))
    settings = Settings(_env_file=None, redis_url=url, data_dir=tmp_path_factory.mktemp("data"), chat=False)
    with start_service(create_app(settings, clock=clock)) as client:
        yield client, clock, settings


@pytest.fixture
def client(running: tuple[httpx.Client, StoppedClock, Settings]) -> httpx.Client:
    return running[0]


class TestList:
    def test_carries_the_counts_their_time_and_their_age(self, client: httpx.Client) -> None:
        body = client.get(PATH).json()
        assert body["observed_at"] == "2026-11-20T12:00:07Z"
        assert body["as_of"] == "2026-11-20T12:00:49Z"
        assert (body["age"], body["stale"], body["partial"], body["count"]) == (42, False, False, 3)
        assert body["system"] == {"id": "seoul", "name": "따릉이", "timezone": "Asia/Seoul", "language": "ko"}
        station = body["stations"][0]
        assert station["station_id"] == "ST-4"
        assert (station["bikes"], station["docks"], station["age"], station["stale"]) == (4, 11, 42, False)
        assert station["names"] == {"en": "Mangwon"}

    def test_is_not_sent_again_to_who_has_it(self, client: httpx.Client) -> None:
        first = client.get(PATH)
        again = client.get(PATH, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        other = client.get(PATH, headers={"If-None-Match": 'W/"another"'})
        assert other.status_code == 200

    @pytest.mark.parametrize(
        ("accepted", "sent", "decode"),
        [("gzip", "gzip", gzip.decompress), ("gzip, br", "br", brotli.decompress), ("br;q=0", None, bytes)],
    )
    def test_is_sent_in_the_coding_the_client_takes(
        self, client: httpx.Client, accepted: str, sent: str | None, decode: Callable[[bytes], bytes]
    ) -> None:
        with client.stream("GET", PATH, headers={"Accept-Encoding": accepted}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == sent
        assert json.loads(decode(raw))["count"] == 3

    def test_head_has_the_headers_of_get_and_no_body(self, client: httpx.Client) -> None:
        head, get = client.head(PATH), client.get(PATH)
        assert head.content == b""
        assert head.headers["content-length"] == get.headers["content-length"]


class TestSelection:
    def test_a_box_holds_what_lies_in_it(self, client: httpx.Client) -> None:
        body = client.get(PATH, params={"bbox": "126.90,37.55,126.92,37.56"}).json()
        assert [s["station_id"] for s in body["stations"]] == ["ST-4"]
        assert body["count"] == 1

    def test_near_comes_by_distance_without_what_has_no_position(self, client: httpx.Client) -> None:
        body = client.get(PATH, params={"near": "37.5271,126.9327"}).json()
        assert [s["station_id"] for s in body["stations"]] == ["ST-78", "ST-4"]
        assert body["stations"][0]["distance"] < 20
        assert body["stations"][1]["distance"] == pytest.approx(3713, rel=0.01)

    def test_near_keeps_to_its_radius_and_limit(self, client: httpx.Client) -> None:
        near = {"near": "37.5271,126.9327"}
        assert client.get(PATH, params=near | {"radius": 1000}).json()["count"] == 1
        assert client.get(PATH, params=near | {"limit": 1}).json()["count"] == 1

    def test_box_and_near_together(self, client: httpx.Client) -> None:
        body = client.get(PATH, params={"near": "37.5271,126.9327", "bbox": "126.90,37.55,126.92,37.56"}).json()
        assert [s["station_id"] for s in body["stations"]] == ["ST-4"]

    @pytest.mark.parametrize("bbox", ["", "1,2,3", "a,b,c,d", "0,50,0,40", "0,0,0,nan", "181,0,182,1"])
    def test_a_box_that_is_none_is_refused(self, client: httpx.Client, bbox: str) -> None:
        answer = client.get(PATH, params={"bbox": bbox})
        assert (answer.status_code, answer.json()["error"]) == (422, "invalid_bbox")

    def test_a_box_may_cross_the_antimeridian(self, client: httpx.Client) -> None:
        assert client.get(PATH, params={"bbox": "126.92,-90,-170,90"}).json()["count"] == 1


class TestOne:
    def test_is_the_station_with_its_age(self, client: httpx.Client) -> None:
        station = client.get(f"{PATH}/ST-78").json()
        assert (station["station_id"], station["bikes"], station["age"]) == ("ST-78", 30, 42)

    def test_its_age_grows_and_becomes_stale_between_polls(
        self, running: tuple[httpx.Client, StoppedClock, Settings]
    ) -> None:
        client, clock, _ = running
        before = client.get(f"{PATH}/ST-78")
        clock.at = NOON + timedelta(minutes=15, seconds=1)
        after = client.get(f"{PATH}/ST-78", headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        clock.at = NOON + timedelta(seconds=42)
        assert (after.json()["age"], after.json()["stale"]) == (901, True)

    def test_an_unknown_one_is_told_apart(self, client: httpx.Client) -> None:
        answer = client.get(f"{PATH}/ST-0")
        assert (answer.status_code, answer.json()["error"]) == (404, "station_not_found")


class TestFollowing:
    def test_a_new_poll_is_shown_and_metered(
        self,
        settings: Settings,
        serve: Serve,
        store: SnapshotStore,
        clock: StoppedClock,
        eventually: Callable[[Callable[[], bool]], None],
    ) -> None:
        store.publish(snapshot(MANGWON, YEOUINARU, NOWHERE))
        client = serve(create_app(settings, clock=clock))
        clock.at = NOON + timedelta(minutes=5, seconds=3)
        later = snapshot(MANGWON, at=NOON + timedelta(minutes=5), partial=True)
        assert store.publish(later)
        eventually(lambda: client.get(PATH).json()["partial"])
        body = client.get(PATH).json()
        ages = {s["station_id"]: s["age"] for s in body["stations"]}
        assert ages == {"ST-4": 3, "ST-78": 303, "ST-9": 303}
        metrics = client.get("/metrics").text
        assert "pedalcast_poll_age_seconds 3.0" in metrics
        assert "pedalcast_poll_stations 3.0" in metrics
        assert "pedalcast_poll_partial 1.0" in metrics
        assert "ST-78" not in metrics

    def test_rejections_are_metered_by_reason(
        self, settings: Settings, store: SnapshotStore, serve: Serve, clock: StoppedClock
    ) -> None:
        rejected = {"no_id": 2, "bad_count": 1}
        store.publish(dataclasses.replace(snapshot(MANGWON), rejected=rejected))
        metrics = serve(create_app(settings, clock=clock)).get("/metrics").text
        assert 'pedalcast_poll_rejected_by_reason_total{reason="no_id"} 2.0' in metrics
        assert 'pedalcast_poll_rejected_by_reason_total{reason="bad_count"} 1.0' in metrics


class TestUnreadableValues:
    def test_cost_only_their_station(
        self, settings: Settings, store: SnapshotStore, serve: Serve, clock: StoppedClock
    ) -> None:
        store.publish(snapshot(MANGWON, YEOUINARU, NOWHERE))
        store.redis.set(station_key("ST-4"), "no JSON")
        store.redis.set(station_key("ST-9"), "[]")
        body = serve(create_app(settings, clock=clock)).get(PATH).json()
        assert [station["station_id"] for station in body["stations"]] == ["ST-78"]


class TestFuturePolls:
    def test_are_told_and_never_young(
        self, settings: Settings, store: SnapshotStore, serve: Serve, clock: StoppedClock
    ) -> None:
        store.publish(snapshot(MANGWON, at=NOON + timedelta(hours=2)))
        client = serve(create_app(settings, clock=clock))
        body = client.get(PATH).json()
        assert (body["age"], body["stale"]) == (-7200, True)
        assert (body["stations"][0]["age"], body["stations"][0]["stale"]) == (-7200, True)
        assert client.get(f"{PATH}/ST-4").json()["stale"] is True
        assert "in the future" in client.get("/ready").json()["checks"]["stations"]
        metrics = client.get("/metrics").text
        assert "pedalcast_poll_ahead_seconds 7193.0" in metrics
        assert "pedalcast_poll_age_seconds -7200.0" in metrics

    def test_are_replaced_by_the_next_poll(
        self,
        settings: Settings,
        store: SnapshotStore,
        serve: Serve,
        clock: StoppedClock,
        eventually: Callable[[Callable[[], bool]], None],
    ) -> None:
        store.publish(snapshot(MANGWON, at=NOON + timedelta(hours=2)))
        client = serve(create_app(settings, clock=clock))
        clock.at += timedelta(minutes=5)
        store.submit(snapshot(MANGWON, at=clock.at), at=clock.at)
        eventually(lambda: client.get(PATH).json()["age"] == 0)
        assert client.get("/ready").json()["checks"]["stations"] == "ok"
        past = client.get(f"{PATH}/ST-4/history?hours=1").json()["points"]
        assert [point["at"] for point in past] == ["2026-11-20T12:05:07Z"]


class TestHistory:
    def test_comes_from_the_polls_kept(
        self, settings: Settings, store: SnapshotStore, serve: Serve, clock: StoppedClock
    ) -> None:
        city = SimulatedCity(stations=30, start=NOON - timedelta(hours=2))
        for minutes in range(60, 0, -5):
            store.publish(city.fetch(NOON - timedelta(minutes=minutes)))
        client = serve(create_app(settings, clock=clock))
        station = client.get(PATH).json()["stations"][0]
        past = client.get(f"{PATH}/{station['station_id']}/history", params={"hours": 1}).json()
        times = [point["at"] for point in past["points"]]
        assert len(times) == 11  # the city lives on whole minutes: the first poll lies seven seconds before the hour
        assert times == sorted(times)
        assert past["points"][-1]["bikes"] == station["bikes"]

    def test_goes_on_in_the_archive_where_memory_ends(
        self, running: tuple[httpx.Client, StoppedClock, Settings]
    ) -> None:
        client, _, settings = running
        history = History(open_objects(settings.objects_url))
        row = {"station_id": "ST-4", "bikes": 9, "docks": 6, "is_installed": True, "is_renting": True}
        times = [NOON - timedelta(hours=3), NOON - timedelta(hours=2)]
        history.write(pl.DataFrame([row | {"ts": at.replace(microsecond=0)} for at in times], STATUS))
        history.update_table(pl.DataFrame([{"station_id": "ST-4", "name": "Mangwon"}], STATIONS))
        points = client.get(f"{PATH}/ST-4/history", params={"hours": 6}).json()["points"]
        assert [(p["at"], p["bikes"]) for p in points] == [
            ("2026-11-20T09:00:07Z", 9),
            ("2026-11-20T10:00:07Z", 9),
            ("2026-11-20T12:00:07Z", 4),
        ]
        assert points[0]["renting"] is True

    def test_tells_unknown_docks_from_unlimited_ones(
        self, running: tuple[httpx.Client, StoppedClock, Settings]
    ) -> None:
        client, _, settings = running
        history = History(open_objects(settings.objects_url))
        row = {"station_id": "ST-78", "bikes": 9, "is_installed": True, "is_renting": True}
        ago = {8: None, 7: UNLIMITED_DOCKS, 6: 0}
        rows = [row | {"ts": NOON - timedelta(hours=hours), "docks": docks} for hours, docks in ago.items()]
        history.write(pl.DataFrame(rows, STATUS))
        points = client.get(f"{PATH}/ST-78/history", params={"hours": 12}).json()["points"]
        assert [point["docks"] for point in points] == [None, UNLIMITED_DOCKS, 0, 0]
        assert [point.get("unlimited") for point in points] == [None, True, None, None]

    def test_of_an_unknown_station_is_not_found(self, client: httpx.Client) -> None:
        assert client.get(f"{PATH}/ST-0/history").json()["error"] == "station_not_found"

    def test_more_than_a_week_is_refused(self, client: httpx.Client) -> None:
        assert client.get(f"{PATH}/ST-4/history", params={"hours": 169}).status_code == 422

    def test_a_week_for_sixty_at_once_holds_nobody_up(
        self, running: tuple[httpx.Client, StoppedClock, Settings]
    ) -> None:
        client, _, settings = running
        history = History(open_objects(settings.objects_url))
        row = {"bikes": 9, "docks": 6, "is_installed": True, "is_renting": True}
        times = [(NOON - timedelta(hours=hours)).replace(microsecond=0) for hours in range(4, 168)]
        rows = [row | {"ts": at, "station_id": f"ST-{number}"} for at in times for number in range(50)]
        history.write(pl.DataFrame(rows, STATUS))
        path = f"{PATH}/ST-4/history?hours=168"
        limits = httpx.Limits(max_connections=60)
        with (
            httpx.Client(base_url=client.base_url, timeout=120, limits=limits) as many,
            ThreadPoolExecutor(60) as askers,
        ):
            asked = [askers.submit(many.get, path) for _ in range(60)]
            answers_meanwhile = 0
            while not all(answer.done() for answer in asked):
                assert client.get("/health").status_code == 200
                answers_meanwhile += 1
                time.sleep(0.02)
        statuses = [answer.result().status_code for answer in asked]
        assert set(statuses) <= {200, 503}
        assert statuses.count(200) >= 30  # as many as may wait; the others are told at once
        assert answers_meanwhile > 0
        busy = [answer.result().json()["error"] for answer in asked if answer.result().status_code == 503]
        assert set(busy) <= {"busy"}
        assert len(client.get(path).json()["points"]) >= 164
