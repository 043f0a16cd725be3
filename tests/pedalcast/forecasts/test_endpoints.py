"""The predict endpoints over a real socket."""

from collections.abc import Callable
from itertools import islice

import httpx
import orjson
import pytest
from fastapi import FastAPI

from collector.clocks import Clock
from collector.snapshot import Snapshot
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.forecasts.schemas import Forecasts, StationForecast
from pedalcast.settings import Settings

PATH = "/api/v1/predict/stations"


@pytest.fixture
def app(settings: Settings, clock: Clock) -> FastAPI:
    return create_app(settings, clock=clock)


@pytest.fixture
def api(
    app: FastAPI,
    store: SnapshotStore,
    poll: Callable[..., Snapshot],
    serve: Callable[[FastAPI], httpx.Client],
    eventually: Callable[[Callable[[], bool]], None],
) -> httpx.Client:
    """A service that has made its first run."""
    store.publish(poll(0))
    client = serve(app)
    eventually(lambda: client.get(PATH).is_success)
    return client


class TestAll:
    def test_are_what_the_schema_says(self, api: httpx.Client) -> None:
        said = Forecasts.model_validate_json(api.get(PATH).content)
        assert said.model == "persistence"
        assert {station.station_id for station in said.stations} == {"ST-1", "ST-2", "ST-3"}
        assert [horizon.minutes for horizon in said.stations[0].horizons] == [10, 20, 30, 60]

    def test_are_not_sent_again_to_who_has_them(self, api: httpx.Client) -> None:
        first = api.get(PATH)
        again = api.get(PATH, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""
        assert orjson.loads(first.content)["run"] in first.headers["etag"]

    @pytest.mark.parametrize("coding", ["gzip", "br", "identity"])
    def test_are_compressed_when_asked_for(
        self, api: httpx.Client, coding: str, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        eventually(lambda: api.get(PATH, headers={"Accept-Encoding": "br"}).headers.get("content-encoding") == "br")
        answer = api.get(PATH, headers={"Accept-Encoding": coding})
        assert answer.headers.get("content-encoding", "identity") == coding
        assert len(answer.json()["stations"]) == 3

    def test_are_the_same_through_the_router(self, api: httpx.Client) -> None:
        assert api.get(PATH + "?through=router").content == api.get(PATH).content


class TestOne:
    def test_is_what_the_schema_says(self, api: httpx.Client) -> None:
        said = StationForecast.model_validate_json(api.get(PATH + "/ST-3").content)
        assert said.station_id == "ST-3"
        assert said.horizons[0].p_bike is not None
        assert said.horizons[0].p_bike > 0.9
        assert api.get(PATH + "/ST-3?through=router").json() == api.get(PATH + "/ST-3").json()

    def test_of_no_station_is_a_problem(self, api: httpx.Client) -> None:
        answer = api.get(PATH + "/ST-0")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["error"] == "station_not_found"


class TestAtLeast:
    FIELDS = "p_bike_at_least,p_dock_at_least"

    def test_a_station_says_how_likely_several_are(self, api: httpx.Client) -> None:
        station = StationForecast.model_validate_json(api.get(PATH + "/ST-1").content)  # three bikes, seven docks
        for horizon in station.horizons:
            bikes, docks = horizon.p_bike_at_least, horizon.p_dock_at_least
            assert bikes is not None
            assert docks is not None
            assert list(bikes) == list(docks) == ["1", "2", "3", "5"]
            assert bikes["1"] == pytest.approx(horizon.p_bike, abs=0.0011)
            assert docks["1"] == pytest.approx(horizon.p_dock, abs=0.0011)
            assert bikes["2"] >= bikes["3"] > bikes["5"]  # type: ignore[operator]
        first = station.horizons[0].p_bike_at_least
        assert first is not None
        assert first["5"] is not None
        assert first["5"] < 0.2

    def test_the_bulk_body_has_only_what_is_asked_for(self, api: httpx.Client) -> None:
        plain = api.get(PATH)
        assert b"at_least" not in plain.content
        both = api.get(PATH, params={"fields": self.FIELDS})
        one = api.get(PATH, params={"fields": "p_dock_at_least"})
        assert b"p_bike_at_least" not in one.content
        assert len(plain.content) < len(one.content) < len(both.content)
        assert len({answer.headers["etag"] for answer in (plain, one, both)}) == 3

    def test_every_station_of_the_bulk_body_is_what_it_is_alone(self, api: httpx.Client) -> None:
        everything = api.get(PATH, params={"fields": self.FIELDS}).json()
        assert len(everything["stations"]) == 3
        for station in everything["stations"]:
            assert station == api.get(f"{PATH}/{station['station_id']}").json()
        without = api.get(PATH).json()
        for station in everything["stations"]:
            for horizon in station["horizons"]:
                del horizon["p_bike_at_least"], horizon["p_dock_at_least"]
        assert everything == without

    def test_is_kept_and_not_sent_again(self, api: httpx.Client) -> None:
        first = api.get(PATH, params={"fields": self.FIELDS})
        again = api.get(PATH, params={"fields": self.FIELDS}, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304

    def test_a_field_there_is_not_is_named(self, api: httpx.Client) -> None:
        answer = api.get(PATH, params={"fields": "p_bike_at_least,p_helmet"})
        assert answer.status_code == 422
        assert answer.json()["error"] == "unknown_field"
        assert "p_helmet" in answer.json()["detail"]

    def test_another_replica_answers_the_same(
        self,
        api: httpx.Client,
        settings: Settings,
        clock: Clock,
        serve: Callable[[FastAPI], httpx.Client],
        eventually: Callable[[Callable[[], bool]], None],
    ) -> None:
        other = serve(create_app(settings, clock=clock))
        eventually(lambda: other.get(PATH).is_success)
        assert other.get(PATH + "/ST-1").json() == api.get(PATH + "/ST-1").json()


class TestService:
    def test_is_ready_once_it_has_forecasts(self, api: httpx.Client) -> None:
        assert api.get("/ready").json()["checks"]["forecasts"] == "ok"

    def test_says_it_has_none_before_the_first_poll(
        self, app: FastAPI, serve: Callable[[FastAPI], httpx.Client]
    ) -> None:
        client = serve(app)
        assert client.get(PATH).status_code == 503
        assert client.get(PATH).json()["error"] == "no_forecast"
        assert client.get("/ready").json()["checks"]["forecasts"] == "no forecast yet"

    def test_tells_listeners_of_runs(self, api: httpx.Client) -> None:
        with api.stream("GET", "/api/v1/events") as stream:
            lines = (line for line in stream.iter_lines() if line.startswith("data: "))
            said = [orjson.loads(line.removeprefix("data: ")) for line in islice(lines, 2)]
        runs = [event for event in said if "run" in event]
        assert runs[0]["model"] == "persistence"
        assert runs[0]["url"] == PATH

    def test_shows_its_work_to_prometheus(
        self, api: httpx.Client, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        # A run is served before it is counted.
        eventually(lambda: 'pedalcast_cycle_seconds_count{part="predict"} 1.0' in api.get("/metrics").text)
        text = api.get("/metrics").text
        assert 'pedalcast_model_info{version="persistence"} 1.0' in text
        assert "pedalcast_forecast_stations 3.0" in text
        assert "pedalcast_forecast_leader 1.0" in text
        assert f'handler="{PATH}"' in text

    def test_describes_its_answers(self, app: FastAPI) -> None:
        schemas = app.openapi()["components"]["schemas"]
        assert schemas["StationForecast"]["example"]["station_id"] == "ST-4"
        assert StationForecast.model_validate(schemas["StationForecast"]["example"])
        assert Forecasts.model_validate(schemas["Forecasts"]["example"])
