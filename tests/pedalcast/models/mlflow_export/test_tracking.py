"""Retrainings on MLflow's own tracking server: runs, models, and nobody else told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import redis
from bench.support.servers import free_port, wait_until

from forecaster.history import History
from forecaster.objects import ObjectStore
from forecaster.registry.bundle import BadBundle, Bundle, read_folder
from forecaster.registry.registry import Registry
from pedalcast.models.jobs.job import Job
from pedalcast.models.jobs.job_heartbeat import Heartbeat
from pedalcast.models.jobs.repository import JobRepository
from pedalcast.models.jobs.retrain_request import JobSpec, RetrainRequest
from pedalcast.models.jobs.training_task import run_job
from pedalcast.models.mlflow_export.tracking import FILES, MlflowTracking
from pedalcast.settings import Settings
from tests.missing import missing

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(900)]  # of the client's own libraries
PATIENCE_S = 420.0
LEASE = timedelta(seconds=30)
NAME = "city-of-the-tests"
Retrain = Callable[[RetrainRequest, str], Job]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a tracking server that keeps everything in a folder."""
    program = shutil.which("mlflow") or missing("MLflow's server")
    url = f"http://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory(prefix="mlflow-") as folder:
        store = ["--backend-store-uri", f"sqlite:///{folder}/runs.db", "--artifacts-destination", f"{folder}/files"]
        address = ["--host", "127.0.0.1", "--port", url.rpartition(":")[2], "--workers", "1"]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        quiet = ("MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK")
        environment |= dict.fromkeys(quiet, "true") | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        log = Path(folder) / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [program, "server", *store, *address], cwd=folder, env=environment, stdout=output, stderr=output
            )
            try:
                wait_until(lambda: process.poll() is not None or _is_up(url), PATIENCE_S)
                assert process.poll() is None, log.read_text()
                yield url
            finally:
                process.terminate()
                process.wait(60)


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def retrain(
    settings: Settings,
    redis_client: redis.Redis,
    objects: ObjectStore,
    live_through: Callable[[ObjectStore], History],
) -> Retrain:
    """Do an order as a job would that tells the server at an address; the job."""
    live_through(objects)

    def run(order: RetrainRequest, url: str) -> Job:
        jobs = JobRepository(redis_client, lease=LEASE)
        job = jobs.create({}, "first")
        spec = JobSpec.of(job.id, order, "first", settings, settings.redis_url.get_secret_value())
        told = spec.model_copy(update={"tracking": MlflowTracking(url, NAME)})
        sent = JobSpec.model_validate_json(told.model_dump_json())  # as it goes to the process
        assert run_job(sent, redis_client, jobs, Heartbeat(jobs, job.id, lease=LEASE)) == 0
        return jobs.get(job.id)

    return run


def _runs(url: str) -> list[dict[str, object]]:
    """The runs of the experiment, the newest first."""
    with httpx.Client(base_url=f"{url}/api/2.0/mlflow", timeout=60) as client:
        found = client.get("/experiments/get-by-name", params={"experiment_name": NAME}).json()
        ids = [found["experiment"]["experiment_id"]]
        return client.post("/runs/search", json={"experiment_ids": ids}).json()["runs"]


def _named(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in pairs}


def test_a_run_has_its_figures_and_its_model(server: str, retrain: Retrain, registry: Registry, tmp_path: Path) -> None:
    with _told_to() as told:
        job = retrain(RetrainRequest(horizons=(10,)), server)
    assert told == {"127.0.0.1"}
    version = job.result["version"]
    run = _runs(server)[0]
    assert run["info"]["status"] == "FINISHED"
    assert run["info"]["run_name"] == version
    parameters, tags = _named(run["data"]["params"]), _named(run["data"]["tags"])
    assert parameters["horizons"] == "10"
    assert int(parameters["rows"]) == registry.load(version).manifest.data.rows
    assert (tags["job"], tags["promoted"], tags["dry_run"]) == (job.id, "true", "false")
    kept = _downloaded(server, str(run["info"]["run_id"]), tmp_path)
    assert kept.files == registry.load(version).files  # and every hash of its manifest holds
    found = httpx.get(f"{server}/api/2.0/mlflow/registered-models/get", params={"name": NAME}, timeout=60).json()
    latest = found["registered_model"]["latest_versions"][0]
    assert latest["run_id"] == run["info"]["run_id"]
    assert _named(latest["tags"])["version"] == version


def test_a_dry_run_has_figures_alone(server: str, retrain: Retrain) -> None:
    job = retrain(RetrainRequest(horizons=(10,), dry_run=True), server)
    run = _runs(server)[0]
    assert _named(run["data"]["tags"])["job"] == job.id
    with pytest.raises(BadBundle):
        _downloaded(server, str(run["info"]["run_id"]), Path(tempfile.mkdtemp()))


def test_a_server_that_is_away_costs_the_record_alone(retrain: Retrain, registry: Registry) -> None:
    job = retrain(RetrainRequest(horizons=(10,)), f"http://127.0.0.1:{free_port()}")
    assert job.state == "succeeded"
    assert registry.resolve("champion") == job.result["version"]


def _downloaded(url: str, run_id: str, folder: Path) -> Bundle:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=url)
    if client.list_artifacts(run_id, FILES):
        client.download_artifacts(run_id, FILES, str(folder))
    return read_folder(folder / FILES)


@contextmanager
def _told_to() -> Iterator[set[str]]:
    """The hosts that this process looks up or connects to while the block runs."""
    told: set[str] = set()
    active = True

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if not active:
            return
        if event == "socket.getaddrinfo":
            told.add(str(arguments[0]))
        elif event == "socket.connect" and isinstance(address := arguments[1], tuple):
            told.add(str(address[0]))

    sys.addaudithook(hook)
    try:
        yield told
    finally:
        active = False
