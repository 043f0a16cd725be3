"""Published forecasts are kept, and said beside what came true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import httpx
import orjson
import pytest
from fastapi import FastAPI

from collector.snapshot import Snapshot
from collector.storage.snapshot_store import SnapshotStore
from forecaster.objects import open_objects
from pedalcast.app import create_app
from pedalcast.forecasts.archive.forecast_archiver import ForecastArchiver
from pedalcast.forecasts.archive.forecast_file import SCHEMA, add, hour_key, hour_of_key, read_hour, rows_of
from pedalcast.forecasts.forecast_run import ForecastRun
from pedalcast.forecasts.schemas import ForecastPast, PastMoment
from pedalcast.settings import Settings
from tests.pedalcast.forecasts.conftest import START, Plus, Replica
from tests.stopped_clock import StoppedClock

PATH = "/api/v1/predict/stations"
Eventually = Callable[[Callable[[], bool]], None]


def is_forecast(client: httpx.Client, observed_at: str) -> bool:
    """Whether the run that is served is of this poll."""
    answer = client.get(PATH)
    return bool(answer.is_success and answer.json()["observed_at"] == observed_at)


@pytest.fixture
def runs(
    replica: Callable[..., Replica], store: SnapshotStore, poll: Callable[..., Snapshot], eventually: Eventually
) -> list[ForecastRun]:
    """Two runs of a model that expects one bike more, five minutes apart."""
    leader = replica(Plus(), clock=StoppedClock(START + timedelta(minutes=6)))
    leader.loop.worker.start()
    epochs = [int((START + timedelta(minutes=minute)).timestamp()) for minute in (0, 5)]
    for number, epoch in enumerate(epochs):
        store.publish(poll(5 * number))
        eventually(partial(lambda epoch: epoch in [run.info.base for run in leader.runs], epoch))
    return [next(run for run in leader.runs if run.info.base == epoch) for epoch in epochs]


class TestFile:
    def test_keeps_what_the_api_said(self, runs: list[ForecastRun]) -> None:
        rows = rows_of(runs[0])
        assert rows.schema == SCHEMA
        assert rows.height == 3 * 2  # stations and horizons
        first = rows.filter(station_id="ST-1", horizon=30).row(0, named=True)
        assert (first["bikes"], first["low"], first["p_bike"]) == (4, 4, 0.75)
        assert first["target_at"] == START + timedelta(minutes=30)
        assert first["run"] == runs[0].info.id

    def test_holds_each_run_once(self, runs: list[ForecastRun], tmp_path: object) -> None:
        objects = open_objects(str(tmp_path))
        for run in (*runs, runs[0]):
            add(objects, run.info.base, rows_of(run))
        kept = read_hour(objects, runs[0].info.base)
        assert kept.height == 12
        assert objects.list("forecasts/") == ["forecasts/date=2026-11-20/hour=10.parquet"]

    def test_a_damaged_file_is_set_aside(self, runs: list[ForecastRun], tmp_path: object) -> None:
        objects = open_objects(str(tmp_path))
        key = hour_key(runs[0].info.base)
        objects.put(key, b"no parquet")
        assert read_hour(objects, runs[0].info.base).is_empty()
        add(objects, runs[0].info.base, rows_of(runs[0]))
        assert read_hour(objects, runs[0].info.base).height == 6
        assert any(name.startswith("damaged/") for name in objects.list())

    def test_names_its_hour(self) -> None:
        epoch = int(START.timestamp())
        assert hour_of_key(hour_key(epoch + 1234)) == epoch
        assert hour_of_key("forecasts/readme.txt") is None


class TestArchiver:
    def test_removes_what_is_old(self, runs: list[ForecastRun], tmp_path: object) -> None:
        objects, clock = open_objects(str(tmp_path)), StoppedClock(START + timedelta(minutes=6))
        archiver = ForecastArchiver(objects, clock, timedelta(hours=2))
        archiver.made(runs[0], None)  # type: ignore[arg-type]
        archiver.flush()
        assert len(objects.list("forecasts/")) == 1
        clock.at = START + timedelta(hours=2, minutes=59)
        archiver.flush()
        assert len(objects.list("forecasts/")) == 1
        clock.at = START + timedelta(hours=3)
        archiver.flush()
        assert objects.list("forecasts/") == []

    def test_keeps_nothing_when_told_so(self, runs: list[ForecastRun], tmp_path: object) -> None:
        objects = open_objects(str(tmp_path))
        archiver = ForecastArchiver(objects, StoppedClock(START), timedelta(0))
        archiver.made(runs[0], None)  # type: ignore[arg-type]
        archiver.flush()
        assert objects.list("forecasts/") == []


class TestHistory:
    @pytest.fixture
    def api(
        self,
        settings: Settings,
        store: SnapshotStore,
        poll: Callable[..., Snapshot],
        serve: Callable[[FastAPI], httpx.Client],
        eventually: Eventually,
    ) -> httpx.Client:
        """A service that has forecast eight polls, of three bikes at first and one more at each."""
        clock = StoppedClock(START + timedelta(minutes=36))
        client = serve(create_app(settings, clock=clock))
        for number in range(8):
            store.publish(poll(5 * number, {"ST-1": 3 + number, "ST-2": 0}))
            eventually(partial(is_forecast, client, f"2026-11-20T10:{5 * number:02}:00Z"))
        return client

    def test_says_what_was_forecast_for_each_moment(self, api: httpx.Client, eventually: Eventually) -> None:
        def moments() -> dict[str, PastMoment]:
            body = ForecastPast.model_validate(orjson.loads(api.get(f"{PATH}/ST-1/history?hours=1").content))
            return {moment.at.strftime("%H:%M"): moment for moment in body.points}

        eventually(lambda: "10:35" in moments() and len(moments()["10:35"].forecasts) == 3)
        moment = moments()["10:35"]
        assert moment.bikes == 10
        forecasts = {one.minutes: one for one in moment.forecasts}
        assert sorted(forecasts) == [10, 20, 30]  # an hour before there was no poll
        assert forecasts[10].bikes == pytest.approx(8, abs=0.6)  # what was there ten minutes before
        assert forecasts[30].bikes == pytest.approx(4, abs=0.6)
        assert forecasts[30].model == "persistence"
        assert moments()["10:00"].forecasts == []

    def test_of_no_station_is_a_problem(self, api: httpx.Client) -> None:
        answer = api.get(f"{PATH}/ST-0/history")
        assert (answer.status_code, answer.json()["error"]) == (404, "station_not_found")
        assert api.get(f"{PATH}/ST-1/history?hours=0").status_code == 422
