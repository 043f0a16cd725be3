"""Signs of life, and what ends a process early: over a real pipe and a real Redis, short of really leaving."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import FileIO
from typing import Never

import pytest
import redis

from pedalcast.models.jobs.job_heartbeat import CANCELLED, ORPHANED, SUPERSEDED, Heartbeat
from pedalcast.models.jobs.repository import JobRepository

LEASE = timedelta(seconds=3)


@pytest.fixture
def jobs(redis_client: redis.Redis) -> JobRepository:
    return JobRepository(redis_client, lease=LEASE)


class Beating:
    """A pulse at work; `left` are the exit codes it would have ended the process with."""

    def __init__(self, jobs: JobRepository) -> None:
        self.job = jobs.create({}).id
        jobs.begin(self.job)
        self.left = []
        self.pulse = Heartbeat(jobs, self.job, lease=LEASE, leave=self.left.append)
        self.reads, self.writes = os.pipe()

    @contextmanager
    def running(self) -> Iterator["Beating"]:
        with FileIO(self.reads) as lifeline:
            with self.pulse.beating(lifeline):
                yield self
            self.let_go()
            for thread in threading.enumerate():
                if thread.name == "lifeline":
                    thread.join()

    def let_go(self) -> None:
        if self.writes is not None:
            os.close(self.writes)
            self.writes = None


class TestProgress:
    def test_is_told(self, jobs: JobRepository, eventually: Callable[[Callable[[], bool]], None]) -> None:
        with Beating(jobs).running() as it:
            it.pulse.progress("growing trees", 0.4156)
            eventually(lambda: jobs.get(it.job).percent == 41.6)
            assert jobs.get(it.job).stage == "growing trees"
            it.pulse.progress("judging", 7)
            eventually(lambda: jobs.get(it.job).percent == 100)
            assert it.left == []

    def test_keeps_the_job_alive_beyond_its_lease(
        self, jobs: JobRepository, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        with Beating(jobs).running() as it:
            first = jobs.get(it.job).updated_at
            eventually(lambda: jobs.get(it.job).updated_at - first > 1.5 * LEASE)
            assert jobs.fail_lost() == []


class TestEnds:
    def test_when_it_is_cancelled(self, jobs: JobRepository, eventually: Callable[[Callable[[], bool]], None]) -> None:
        with Beating(jobs).running() as it:
            jobs.cancel(it.job)
            eventually(lambda: it.left[:1] == [CANCELLED])
        assert jobs.get(it.job).state == "cancelled"

    def test_when_another_job_has_its_place(
        self, jobs: JobRepository, redis_client: redis.Redis, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        with Beating(jobs).running() as it:
            jobs.fail(it.job, "interrupted", "It was silent for too long.")
            eventually(lambda: it.left[:1] == [SUPERSEDED])
        assert jobs.get(it.job).error["code"] == "interrupted"

    def test_when_the_service_is_gone(
        self, jobs: JobRepository, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        with Beating(jobs).running() as it:
            it.let_go()
            eventually(lambda: it.left[:1] == [ORPHANED])
        assert jobs.get(it.job).error["code"] == "interrupted"
        assert jobs.create({})

    def test_but_not_in_the_middle_of_a_promotion(
        self, jobs: JobRepository, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        with Beating(jobs).running() as it:
            with it.pulse.undisturbed():
                jobs.cancel(it.job)
                it.let_go()
                assert not threading.Event().wait(0.5)
                assert it.left == []
            beats = jobs.get(it.job).updated_at
            eventually(lambda: jobs.get(it.job).updated_at > beats)
            assert it.left == []
        assert jobs.get(it.job).state == "running"

    def test_but_it_ends_when_the_promotion_fails(
        self, jobs: JobRepository, eventually: Callable[[Callable[[], bool]], None]
    ) -> Never:
        with Beating(jobs).running() as it:
            with pytest.raises(OSError, match="full"), it.pulse.undisturbed():
                raise OSError("the disk is full")
            jobs.cancel(it.job)
            eventually(lambda: it.left[:1] == [CANCELLED])
