"""What is trained by itself, and when; jobs are created in a real Redis, their processes wait for nothing."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import redis

from forecaster.history import History
from forecaster.objects import ObjectStore
from forecaster.registry.bundle import Manifest
from forecaster.registry.registry import Registry
from pedalcast.app import create_app
from pedalcast.models.jobs.job import Job
from pedalcast.models.jobs.repository import JobRepository
from pedalcast.models.jobs.service import JobService
from pedalcast.models.jobs.supervisor import JobSupervisor
from pedalcast.models.schedule import RetrainSchedule
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.pedalcast.models.conftest import DAYS, END, Keep
from tests.stopped_clock import StoppedClock

DAY = timedelta(days=1)


class Planned:
    """A schedule whose jobs' processes do nothing but wait for their input to end."""

    def __init__(self, settings: Settings, client: redis.Redis, registry: Registry, history: History) -> None:
        self.jobs = JobRepository(client)
        idle = (sys.executable, "-c", "import sys; sys.stdin.read()")
        self.workers = JobSupervisor(self.jobs, command=idle)
        url = settings.redis_url.get_secret_value()
        self.clock = StoppedClock(END)
        self.schedule = RetrainSchedule(
            client,
            JobService(self.jobs, self.workers, settings, url),
            registry,
            history,
            self.clock,
            every=DAY,
            first_after=timedelta(days=2),
        )

    def end(self, job: Job, state: str = "succeeded") -> None:
        self.jobs.finish(job.id, state)
        self.schedule.ended(self.jobs.get(job.id))


@pytest.fixture
def planned(
    settings: Settings,
    redis_client: redis.Redis,
    registry: Registry,
    objects: ObjectStore,
    live_through: Callable[[ObjectStore], History],
) -> Iterator[Planned]:
    planned = Planned(settings, redis_client, registry, live_through(objects))
    yield planned
    planned.workers.stop()


class TestFirst:
    def test_as_soon_as_there_is_enough_history(self, planned: Planned) -> None:
        job = planned.schedule.tick()
        assert (job.trigger, job.state) == ("first", "queued")
        assert planned.schedule.tick() is None

    def test_not_before(self, planned: Planned) -> None:
        planned.schedule._first_after = timedelta(days=DAYS + 1)
        assert planned.schedule.tick() is None
        assert planned.jobs.newest() == []

    def test_not_once_more_where_it_ends_while_somebody_looks(
        self, planned: Planned, keep: Keep, registry: Registry
    ) -> None:
        """A job that nobody planned keeps the first version at the very moment in which versions are counted."""
        job = planned.jobs.create({}, "first")

        class Ending(type(registry)):
            def versions(self) -> list[Manifest]:
                found = super().versions()
                keep("v1", promote=True)
                planned.jobs.finish(job.id, "succeeded")
                return found

        planned.schedule._registry = Ending(registry.objects)
        assert planned.schedule.tick() is None
        assert [one.id for one in planned.jobs.newest()] == [job.id]

    def test_again_soon_after_it_failed(self, planned: Planned) -> None:
        planned.end(planned.schedule.tick(), "failed")
        assert planned.schedule.tick() is None
        planned.clock.sleep(3600)
        assert planned.schedule.tick().trigger == "first"


class TestDaily:
    def test_a_day_after_the_last(self, planned: Planned, keep: Keep) -> None:
        planned.end(planned.schedule.tick())
        keep("v1", promote=True)
        planned.clock.sleep(23.9 * 3600)
        assert planned.schedule.tick() is None
        planned.clock.sleep(0.1 * 3600)
        assert planned.schedule.tick().trigger == "schedule"

    def test_not_while_another_is_at_work(self, planned: Planned, keep: Keep) -> None:
        keep("v1")
        job = planned.jobs.create({})
        assert planned.schedule.tick() is None
        planned.jobs.finish(job.id, "succeeded")
        assert planned.schedule.tick() is not None

    def test_what_was_asked_for_and_failed_changes_no_plan(self, planned: Planned) -> None:
        planned.end(planned.schedule.tick())
        due = planned.schedule.due
        planned.end(planned.jobs.create({}, "request"), "failed")
        assert planned.schedule.due == due

    def test_never_where_it_is_switched_off(self, planned: Planned) -> None:
        planned.schedule._every = timedelta(0)
        assert planned.schedule.tick() is None


class TestWorkers:
    def test_that_end_without_a_word_are_told_of(
        self, settings: Settings, redis_client: redis.Redis, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        jobs = JobRepository(redis_client)
        over = []
        words = "import sys; sys.stderr.write('Traceback\\nKeyError: 7\\n'); sys.exit(3)"
        workers = JobSupervisor(jobs, over.append, (sys.executable, "-c", words))
        service = JobService(jobs, workers, settings, settings.redis_url.get_secret_value())
        from pedalcast.models.jobs.retrain_request import RetrainRequest

        service.retrain(RetrainRequest())
        eventually(lambda: service.settle_ended() or bool(over))
        assert over[0].error["code"] == "worker_died"
        assert over[0].message.endswith("exit code 3: KeyError: 7")

    def test_that_cannot_be_started(self, settings: Settings, redis_client: redis.Redis) -> None:
        jobs = JobRepository(redis_client)
        service = JobService(jobs, JobSupervisor(jobs, command=("/nowhere/at/all",)), settings, "redis://x")
        from pedalcast.models.jobs.retrain_request import RetrainRequest

        job = service.retrain(RetrainRequest())
        assert (job.state, job.error["code"]) == ("failed", "not_started")


def test_a_promotion_that_nobody_asked_for_stands_in_the_audit_log(
    settings: Settings, serve: Serve, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    app = create_app(settings)
    client = serve(app)
    result = {"promoted": True, "version": "v2", "reason": "better at every horizon"}
    job = Job(id="j1", created_at=END, updated_at=END, trigger="schedule", state="succeeded", order={}, result=result)
    ended = app.state.models.ended.then
    ended(replace(job, id="j0", trigger="request"))  # which the request's own entry tells of
    ended(job)

    def entries() -> list[dict[str, object]]:
        log = client.get("/api/v1/admin/audit", headers={"Authorization": "Bearer a-token-of-the-tests"}).json()
        return [entry for entry in log["data"] if entry["action"] == "model.promote"]

    eventually(lambda: bool(entries()))
    [entry] = entries()
    assert (entry["actor_id"], entry["target"], entry["details"]) == (
        None, "v2", {"reason": "better at every horizon", "job": "j1"}
    )  # fmt: skip
