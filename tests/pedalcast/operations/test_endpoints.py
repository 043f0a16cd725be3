"""The operator's view over a real socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import redis
from fastapi import FastAPI

from collector.snapshot import Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from forecaster.objects import open_objects
from forecaster.verification.matured import VerificationRow, append
from pedalcast.app import create_app
from pedalcast.operations.metric_samples import MetricSamples
from pedalcast.operations.schemas import Operations
from pedalcast.settings import Settings
from tests.stopped_clock import StoppedClock

PATH = "/api/v1/operations"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ADMIN = {"Authorization": "Bearer a-token-of-the-tests"}


def row(target: datetime, horizon: int, error: float) -> VerificationRow:
    """What 100 forecasts came to, whose errors sum to `error` where the last value's sum to 50."""
    return VerificationRow(
        target - timedelta(minutes=horizon), target, horizon, "m", 100, error, 90, 3, 2, 82, 50, 120, 5, 4
    )


@pytest.fixture
def api(
    settings: Settings,
    store: SnapshotStore,
    redis_client: redis.Redis,
    serve: Callable[[FastAPI], httpx.Client],
    eventually: Callable[[Callable[[], bool]], None],
) -> httpx.Client:
    """A service with a poll of noon, a quarter past which the clock stands, and the scores of two hours."""
    append(
        open_objects(settings.objects_url),
        [row(NOON - timedelta(hours=1), 10, 40), row(NOON, 10, 60), row(NOON - timedelta(days=2), 10, 500)],
    )
    stations = tuple(Station(f"ST-{n}", f"{n}", 3, 7, 37.5, 127.0, 10) for n in range(4))
    store.publish(Snapshot(System("toy", "Toy", "Asia/Seoul", "ko"), window_of(NOON), NOON, stations=stations))
    client = serve(create_app(settings, clock=StoppedClock(NOON + timedelta(minutes=16))))
    eventually(lambda: client.get(PATH, headers=ADMIN).json()["forecasts"]["cycle"] != {})
    return client


class TestOperations:
    def test_shows_the_feed_the_run_and_the_threads(self, api: httpx.Client) -> None:
        shown = Operations.model_validate(api.get(PATH, headers=ADMIN).json())
        assert (shown.feed.stations, shown.feed.age, shown.feed.stale) == (4, 960, True)
        assert shown.feed.totals["published"] == 1
        assert shown.forecasts.model == shown.model.serving == "persistence"
        assert shown.forecasts.leader is True
        assert sum(shown.forecasts.runs_by_trigger.values()) == shown.forecasts.cycle["total"].count
        assert 0 < shown.forecasts.cycle["total"].mean < 60
        assert "forecast-loop" in shown.workers
        assert shown.workers["forecast-archiver"].failures == {}
        assert shown.jobs == []

    def test_shows_how_forecasts_turned_out(self, api: httpx.Client) -> None:
        accuracy = Operations.model_validate(api.get(PATH, headers=ADMIN).json()).accuracy
        assert accuracy.by_horizon[10]["count"] == 200  # what is older than a day is not counted
        assert accuracy.by_horizon[10]["lift"] == pytest.approx(0)
        assert accuracy.by_horizon[10]["coverage80"] == pytest.approx(0.82)
        by_hour = accuracy.by_hour[10]
        assert {hour: scores["lift"] for hour, scores in by_hour.items()} == {
            20: pytest.approx(0.2),  # eleven in UTC
            21: pytest.approx(-0.2),
        }
        shorter = Operations.model_validate(api.get(PATH, headers=ADMIN, params={"hours": 0.5}).json()).accuracy
        assert list(shorter.by_hour[10]) == [21]

    def test_is_for_admins(self, api: httpx.Client) -> None:
        assert api.get(PATH).status_code == 401
        assert api.get(PATH, headers={"Authorization": "Bearer another-token"}).status_code == 403


class TestSamples:
    SAMPLES = MetricSamples(
        {
            "s_bucket": {
                (("le", "0.1"), ("part", "a")): 50,
                (("le", "0.5"), ("part", "a")): 96,
                (("le", "+Inf"), ("part", "a")): 100,
            },
            "t": {(("x", "one"),): 2, (("x", "two"),): 0, (("x", "three"),): float("nan")},
        }
    )

    def test_quantiles_are_ends_of_buckets(self) -> None:
        assert self.SAMPLES.quantile("s", 0.5, part="a") == 0.1
        assert self.SAMPLES.quantile("s", 0.95, part="a") == 0.5
        assert self.SAMPLES.quantile("s", 0.99, part="a") is None
        assert self.SAMPLES.quantile("s", 0.5, part="b") is None

    def test_what_is_no_number_is_left_out(self) -> None:
        assert self.SAMPLES.by_label("t", "x") == {"one": 2, "two": 0}
        assert self.SAMPLES.counts("t", "x") == {"one": 2}
        assert self.SAMPLES.value("t", x="three") is None
