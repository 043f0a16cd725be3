"""The work of a job without a process of its own: its progress, and how it ends."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
import redis

from forecaster.history import History
from forecaster.objects import ObjectConflict, ObjectStore
from forecaster.registry.registry import Registry
from pedalcast.models.jobs.job import Job
from pedalcast.models.jobs.job_heartbeat import Heartbeat
from pedalcast.models.jobs.repository import JobRepository
from pedalcast.models.jobs.retrain_request import JobSpec, RetrainRequest
from pedalcast.models.jobs.training_task import FAILED, WEIGHTS, OverallProgress, run_job
from pedalcast.settings import Settings
from tests.pedalcast.models.conftest import Keep

LEASE = timedelta(seconds=30)


class TestFirst:
    def test_is_trained_once_and_becomes_champion(
        self,
        settings: Settings,
        redis_client: redis.Redis,
        objects: ObjectStore,
        live_through: Callable[[ObjectStore], History],
        registry: Registry,
    ) -> None:
        live_through(objects)
        jobs = JobRepository(redis_client, lease=LEASE)
        job = jobs.create({}, "first")
        pulse = Heartbeat(jobs, job.id, lease=LEASE)
        stages = []
        pulse.progress = lambda stage, _share: stages.append(stage)
        order = RetrainRequest(horizons=(10,))
        spec = JobSpec.of(job.id, order, "first", settings, settings.redis_url.get_secret_value())
        assert run_job(spec, redis_client, jobs, pulse) == 0
        assert list(dict.fromkeys(stages)) == ["reading history", "drawing rows", "growing trees"]
        assert stages == sorted(stages, key=list(dict.fromkeys(stages)).index)  # each once: there was no trial
        result = jobs.get(job.id).result
        assert result["reason"] == "the first model; not judged"
        assert registry.resolve("champion") == result["version"]


@pytest.fixture
def fail(settings: Settings, redis_client: redis.Redis) -> Callable[..., Job]:
    """Perform an order that must fail; the job."""

    def run(order: RetrainRequest, on_progress: Callable[[str, float], None] = lambda *_: None) -> Job:
        jobs = JobRepository(redis_client, lease=LEASE)
        job = jobs.create({})
        pulse = Heartbeat(jobs, job.id, lease=LEASE)
        pulse.progress = on_progress
        spec = JobSpec.of(job.id, order, "request", settings, settings.redis_url.get_secret_value())
        assert run_job(spec, redis_client, jobs, pulse) == FAILED
        return jobs.get(job.id)

    return run


class TestFailures:
    def test_the_store_is_away(
        self,
        fail: Callable[..., Job],
        objects: ObjectStore,
        live_through: Callable[[ObjectStore], History],
        away: Callable[[], None],
    ) -> None:
        live_through(objects)
        away()
        assert fail(RetrainRequest()).error["code"] == "store_unavailable"

    def test_the_store_goes_away_meanwhile(
        self,
        fail: Callable[..., Job],
        objects: ObjectStore,
        live_through: Callable[[ObjectStore], History],
        away: Callable[[], None],
    ) -> None:
        live_through(objects)
        gone = []

        def leave(stage: str, _share: float) -> None:
            if stage == "drawing rows" and not gone:
                gone.append(away())

        assert fail(RetrainRequest(horizons=(10,)), leave).error["code"] == "store_unavailable"

    def test_there_is_nothing_in_that_time(
        self, fail: Callable[..., Job], objects: ObjectStore, live_through: Callable[[ObjectStore], History]
    ) -> None:
        live_through(objects)
        job = fail(RetrainRequest(start="2026-12-01T00:00:00Z"))
        assert job.error["code"] == "no_history"
        assert "2026-11-20" in job.error["message"]

    def test_there_is_too_little_in_that_time(
        self, fail: Callable[..., Job], objects: ObjectStore, live_through: Callable[[ObjectStore], History]
    ) -> None:
        live_through(objects)
        assert fail(RetrainRequest(days=0.01, horizons=(60,))).error["code"] == "nothing_to_learn"

    def test_another_has_become_champion_meanwhile(
        self,
        fail: Callable[..., Job],
        objects: ObjectStore,
        live_through: Callable[[ObjectStore], History],
        keep: Keep,
        registry: Registry,
    ) -> None:
        live_through(objects)
        keep("v0", promote=True)
        registry.retire("for the test")

        def promote(stage: str, _share: float) -> None:
            if stage == "growing trees" and registry.alias("champion").version != "v1":
                keep("v1", promote=True)

        job = fail(RetrainRequest(horizons=(10,)), promote)
        assert job.error["code"] == "champion_changed"
        assert registry.alias("champion").version == "v1"
        assert ObjectConflict.__name__ not in job.error["message"]


STAGES = ("reading history", "drawing rows", "growing trees")


def told(stages: Sequence[str], *, once: bool = False) -> list[float]:
    shares = []
    overall = OverallProgress(lambda _, share: shares.append(share), once=once)
    for stage in stages:
        for step in range(5):
            overall(stage, step / 4)
    return shares


class TestOverall:
    def test_goes_up_over_trial_judging_and_version(self) -> None:
        shares = told([*STAGES, "judging", "judging", *STAGES])
        assert shares == sorted(shares)
        assert shares[0] == 0
        assert 0.9 < shares[-1] < 1

    def test_goes_up_to_the_end_without_a_trial(self) -> None:
        shares = told(STAGES, once=True)
        assert shares == sorted(shares)
        assert 0.9 < shares[-1] < 1

    def test_never_says_it_is_done(self) -> None:
        assert max(told([*STAGES, "judging"] * 5)) < 1

    def test_knows_how_to_go_on_from_a_stage_it_does_not_know(self) -> None:
        shares = told(["reading history", "sharpening pencils", "drawing rows"])
        assert shares == sorted(shares)
        assert shares[-1] == WEIGHTS["reading history"] + WEIGHTS["drawing rows"]
