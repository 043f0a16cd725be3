"""Retraining over HTTP, in real processes: to its end on both kinds of store, and every way it can be cut short."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from forecaster.history import History
from forecaster.objects import ObjectStore, open_objects
from pedalcast.app import create_app
from pedalcast.kit.redis_connection import connect
from pedalcast.models.jobs.repository import JobRepository
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.pedalcast.models.conftest import DAYS, END, POLL, TOKEN, Bearer

SMALL = {"horizons": [10], "days": 2}
WAIT_S = 300.0


def follow(service: httpx.Client, path: str, until: Callable[[dict], bool] = lambda job: job["finished_at"]) -> list:
    """What a job said of itself until it was over (or as `until` says), without repetitions."""
    seen, end = [], time.monotonic() + WAIT_S
    while time.monotonic() < end:
        job = service.get(path).json()
        if not seen or seen[-1] != job:
            seen.append(job)
        if until(job):
            return seen
        time.sleep(0.2)
    pytest.fail(f"the job got no further than {seen[-1]}")


def is_training(job: dict) -> bool:
    return bool(job["stage"] not in ("queued", "starting"))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Signs of life are frequent."""
    return settings.model_copy(update={"job_lease": timedelta(seconds=15)})


@pytest.fixture
def on_s3(s3_url: str, s3_endpoint: str) -> dict[str, str]:
    """The settings of an empty bucket."""
    bucket, _, prefix = s3_url.removeprefix("s3://").partition("/")
    return {"s3_bucket": bucket, "s3_prefix": prefix, "s3_endpoint_url": s3_endpoint}


class TestRetrain:
    def test_trains_judges_promotes_and_serves(
        self,
        settings: Settings,
        admin: Bearer,
        live_through: Callable[[ObjectStore], History],
        on_s3: dict[str, str],
        eventually: Callable[[Callable[[], bool]], None],
    ) -> None:
        """On S3, over HTTP."""
        settings = settings.model_copy(update=on_s3)
        live_through(open_objects(settings.objects_url, endpoint_url=settings.s3_endpoint_url))
        service = admin(create_app(settings))
        answer = service.post("/ai/retrain", json=SMALL)
        assert answer.status_code == 202
        path = answer.headers["location"]
        assert path == f"/ai/jobs/{answer.json()['id']}"
        assert answer.json()["state"] == "queued"
        busy = service.post("/ai/retrain")
        assert (busy.status_code, busy.json()["error"], busy.headers["location"]) == (409, "job_running", path)
        assert busy.json()["job"] == answer.json()["id"]

        said = follow(service, path)
        job = said[-1]
        assert job["state"] == "succeeded", job
        percents = [one["percent"] for one in said]
        assert percents == sorted(percents)
        assert percents[-1] == 100
        assert len({one["stage"] for one in said}) >= 3
        version = job["result"]["version"]
        assert job["result"]["promoted"] is True
        assert job["result"]["scores"]["10"]["challenger"]["rows"] > 0
        eventually(lambda: service.get("/ai/models").json()["serving"]["version"] == version)
        told = service.get("/ai/models").json()
        assert told["champion"]["reason"] == job["result"]["reason"]
        assert service.get("/ai/models/champion/card").text.startswith(f"# {version}")
        outcome = 'pedalcast_jobs_total{kind="retrain",outcome="succeeded",trigger="request"} 1.0'
        eventually(lambda: outcome in service.get("/metrics").text)  # the count follows the end of the job

    def test_takes_window_engine_and_horizons_then_a_dry_run_meets_that_champion(
        self, service: httpx.Client, objects: ObjectStore, live_through: Callable[[ObjectStore], History]
    ) -> None:
        live_through(objects)
        start, end = END - timedelta(days=DAYS), END - timedelta(days=1.2)
        order = {"start": start.isoformat(), "end": end.isoformat(), "engine": "lightgbm", "horizons": [10, 20]}
        first = follow(service, service.post("/ai/retrain", json=order).headers["location"])[-1]
        assert first["state"] == "succeeded", first
        assert first["result"]["promoted"] is True
        before = service.get("/ai/models").json()
        (made,) = before["versions"]
        assert (made["engine"], made["horizons"]) == ("lightgbm", [10, 20])
        window = made["data"]
        assert datetime.fromisoformat(window["start"]) == start
        assert end - POLL <= datetime.fromisoformat(window["end"]) <= end

        order = {"horizons": [20], "dry_run": True}
        again = follow(service, service.post("/ai/retrain", json=order).headers["location"])[-1]
        assert again["state"] == "succeeded", again
        result = again["result"]
        assert result["gain"][0] is not None
        assert (result["version"], result["promoted"], result["champion"]) == (None, False, made["id"])
        assert set(result["scores"]) == {"20"}  # the horizon that both have
        assert set(result["scores"]["20"]) == {"challenger", "champion", "persistence"}
        assert "under the champion's on " in result["reason"]
        assert service.get("/ai/models").json() | {"serving": None} == before | {"serving": None}
        assert all(made["id"] in key for key in objects.list("models/versions/"))

    def test_without_history_fails_in_words(self, service: httpx.Client) -> None:
        job = follow(service, service.post("/ai/retrain").headers["location"])[-1]
        assert (job["state"], job["error"]["code"]) == ("failed", "no_history")
        assert service.get("/ai/jobs").json()["jobs"][0]["id"] == job["id"]

    def test_an_order_that_makes_no_sense_is_refused(self, service: httpx.Client) -> None:
        answer = service.post("/ai/retrain", json={"days": -1, "horizons": [10, 5]})
        assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")
        assert service.get("/ai/jobs").json() == {"jobs": []}


class TestCutShort:
    def test_killed(
        self,
        service: httpx.Client,
        objects: ObjectStore,
        live_through: Callable[[ObjectStore], History],
        redis_url: str,
    ) -> None:
        live_through(objects)
        path = service.post("/ai/retrain", json=SMALL).headers["location"]
        follow(service, path, is_training)
        pid = JobRepository(connect(redis_url)).get(path.rpartition("/")[2]).pid
        os.kill(pid, signal.SIGKILL)
        job = follow(service, path)[-1]
        assert (job["state"], job["error"]["code"]) == ("failed", "worker_died")
        assert "SIGKILL" in job["error"]["message"]
        again = service.post("/ai/retrain", json=SMALL)
        assert again.status_code == 202

    def test_cancelled(
        self, service: httpx.Client, objects: ObjectStore, live_through: Callable[[ObjectStore], History]
    ) -> None:
        live_through(objects)
        path = service.post("/ai/retrain", json=SMALL).headers["location"]
        follow(service, path, is_training)
        assert service.delete(path).json()["cancelling"] is True
        job = follow(service, path)[-1]
        assert (job["state"], job["error"]) == ("cancelled", None)
        assert service.get("/ai/models").json()["versions"] == []
        over = service.delete(path)
        assert (over.status_code, over.json()["error"]) == (409, "job_over")
        assert service.get("/ai/jobs/nothing").json()["error"] == "job_not_found"

    def test_its_service_killed(
        self, settings: Settings, admin: Bearer, objects: ObjectStore, live_through: Callable[[ObjectStore], History]
    ) -> None:
        """The process notices, says so, and goes; the next service finds a job that is over, and starts another."""
        live_through(objects)
        with _serving_apart(settings) as (process, service):
            path = service.post("/ai/retrain", json=SMALL).headers["location"]
            follow(service, path, is_training)
            process.kill()
        after = admin(create_app(settings))
        job = follow(after, path)[-1]
        assert (job["state"], job["error"]["code"]) == ("failed", "interrupted")
        assert after.post("/ai/retrain", json=SMALL).status_code == 202

    def test_its_service_stopped(
        self,
        settings: Settings,
        serve: Serve,
        start_service: Callable[[FastAPI], AbstractContextManager[httpx.Client]],
        objects: ObjectStore,
        live_through: Callable[[ObjectStore], History],
    ) -> None:
        live_through(objects)
        with start_service(create_app(settings)) as service:
            service.headers["X-Admin-Token"] = TOKEN
            path = service.post("/ai/retrain", json=SMALL).headers["location"]
            follow(service, path, is_training)
        after = serve(create_app(settings))
        job = after.get(path, headers={"X-Admin-Token": TOKEN}).json()
        assert (job["state"], job["error"]["code"]) == ("failed", "interrupted")


@contextmanager
def _serving_apart(settings: Settings) -> Iterator[tuple[subprocess.Popen, httpx.Client]]:
    """`python -m pedalcast serve` on these settings, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "DATA_DIR": str(settings.data_dir),
        "ADMIN_TOKEN": TOKEN,
        "CHAT": "false",
        "JOB_LEASE": "PT15S",
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "pedalcast", "serve"]
    address = f"http://127.0.0.1:{port}"
    with (
        subprocess.Popen(command, env=os.environ | own, stderr=subprocess.DEVNULL) as process,
        httpx.Client(base_url=address, headers={"X-Admin-Token": TOKEN}, timeout=30) as client,
    ):
        try:
            _wait_for(client)
            yield process, client
        finally:
            process.kill()


def _wait_for(service: httpx.Client) -> None:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        try:
            service.get("/health")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the service did not start")
