"""Jobs in a real Redis: one at a time, and no end that is not told."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import redis

from pedalcast.models.jobs.repository import KEPT, LOCK, JobLockedError, JobRepository, JobSignal

ORDER = {"days": 3.0}


@pytest.fixture
def jobs(redis_client: redis.Redis) -> JobRepository:
    return JobRepository(redis_client)


class TestCreate:
    def test_comes_back_as_it_was_made(self, jobs: JobRepository) -> None:
        job = jobs.create(ORDER, "schedule")
        assert jobs.get(job.id) == job
        assert (job.state, job.order, job.trigger, job.over) == ("queued", ORDER, "schedule", False)

    def test_one_at_a_time(self, jobs: JobRepository) -> None:
        job = jobs.create(ORDER)
        with pytest.raises(JobLockedError) as busy:
            jobs.create(ORDER)
        assert busy.value.job == job.id
        assert [one.id for one in jobs.newest()] == [job.id]

    def test_one_of_many_at_once(self, jobs: JobRepository) -> None:
        def race(_: int) -> str:
            try:
                return jobs.create(ORDER).id
            except JobLockedError as busy:
                return busy.job

        with ThreadPoolExecutor(8) as pool:
            holders = set(pool.map(race, range(40)))
        assert holders == {job.id for job in jobs.newest()}
        assert len(holders) == 1

    def test_another_after_the_first_is_over(self, jobs: JobRepository) -> None:
        first = jobs.create(ORDER)
        jobs.finish(first.id, "succeeded")
        assert jobs.create(ORDER).id != first.id

    def test_only_the_newest_are_kept(self, redis_client: redis.Redis) -> None:
        moments = (datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=number) for number in range(10_000))
        jobs = JobRepository(redis_client, now=lambda: next(moments))
        made = []
        for _ in range(KEPT + 3):
            made.append(jobs.create(ORDER).id)
            jobs.finish(made[-1], "succeeded")
        assert [job.id for job in jobs.newest(KEPT + 3)] == made[:2:-1]
        assert len(redis_client.keys("job:*")) == KEPT

    def test_there_is_none_of_an_unknown_id(self, jobs: JobRepository) -> None:
        assert jobs.get("nothing") is None


class TestSignsOfLife:
    def test_tell_how_far_it_is(self, jobs: JobRepository) -> None:
        job = jobs.create(ORDER)
        assert jobs.begin(job.id) is JobSignal.GO_ON
        assert jobs.beat(job.id, stage="growing trees", percent=41.5) is JobSignal.GO_ON
        now = jobs.get(job.id)
        assert (now.state, now.stage, now.percent) == ("running", "growing trees", 41.5)
        assert now.started_at is not None
        assert now.pid is not None

    def test_hold_the_lock(self, redis_client: redis.Redis) -> None:
        jobs = JobRepository(redis_client, lease=timedelta(seconds=60))
        job = jobs.create(ORDER)
        redis_client.pexpire(LOCK, 10)
        jobs.beat(job.id)
        assert redis_client.pttl(LOCK) > 1000

    def test_take_a_lock_again_that_ran_out(self, jobs: JobRepository, redis_client: redis.Redis) -> None:
        job = jobs.create(ORDER)
        redis_client.delete(LOCK)
        assert jobs.beat(job.id) is JobSignal.GO_ON
        assert redis_client.get(LOCK) == job.id.encode()

    def test_stop_it_where_another_has_its_place(self, jobs: JobRepository, redis_client: redis.Redis) -> None:
        job = jobs.create(ORDER)
        redis_client.delete(LOCK)
        other = jobs.create(ORDER)
        assert jobs.beat(job.id) is JobSignal.STOP
        assert redis_client.get(LOCK) == other.id.encode()

    @pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
    def test_change_nothing_once_it_is_over(self, jobs: JobRepository, redis_client: redis.Redis, state: str) -> None:
        job = jobs.create(ORDER)
        jobs.finish(job.id, state, message="done")
        assert jobs.beat(job.id, stage="growing trees") is JobSignal.STOP
        assert jobs.get(job.id).stage == state
        assert redis_client.get(LOCK) is None

    def test_of_nothing_are_told_to_stop(self, jobs: JobRepository) -> None:
        assert jobs.beat("nothing") is JobSignal.STOP


class TestEnds:
    def test_the_first_one_stays(self, jobs: JobRepository) -> None:
        job = jobs.create(ORDER)
        assert jobs.fail(job.id, "worker_died", "It was killed.")
        assert not jobs.finish(job.id, "succeeded")
        over = jobs.get(job.id)
        assert over.error == {"code": "worker_died", "message": "It was killed."}
        assert (over.state, over.message) == ("failed", "It was killed.")
        assert over.finished_at is not None

    def test_frees_only_its_own_lock(self, jobs: JobRepository, redis_client: redis.Redis) -> None:
        job = jobs.create(ORDER)
        redis_client.set(LOCK, "another")
        jobs.finish(job.id, "succeeded")
        assert redis_client.get(LOCK) == b"another"

    def test_a_silent_job_is_buried(self, redis_client: redis.Redis) -> None:
        jobs = JobRepository(redis_client, lease=timedelta(milliseconds=50))
        job = jobs.create(ORDER)
        jobs.begin(job.id)
        time.sleep(0.1)
        assert jobs.fail_lost() == [job.id]
        assert jobs.get(job.id).error["code"] == "interrupted"
        assert jobs.fail_lost() == []

    def test_a_living_one_is_not(self, jobs: JobRepository) -> None:
        job = jobs.create(ORDER)
        assert jobs.fail_lost() == []
        assert not jobs.get(job.id).over


class TestCancel:
    def test_is_told_at_the_next_sign_of_life(self, jobs: JobRepository) -> None:
        job = jobs.create(ORDER)
        assert jobs.cancel(job.id)
        assert jobs.get(job.id).cancelling
        assert jobs.begin(job.id) is JobSignal.CANCEL

    def test_comes_too_late_for_one_that_is_over(self, jobs: JobRepository) -> None:
        job = jobs.create(ORDER)
        jobs.finish(job.id, "succeeded")
        assert not jobs.cancel(job.id)
        assert not jobs.cancel("nothing")
