"""Jobs in Redis: `job:{id}` (hash of JSON values), `jobs` (ids by time), `lock:retrain` (the one at work).

Job values carry no expiry; the newest `KEPT` jobs stay.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from itertools import chain
from typing import Any

import redis

from pedalcast.models.jobs.job import Job, State, Trigger, as_fields
from pedalcast.models.jobs.scripts import BEAT, CANCEL, CREATE, FINISH

PREFIX, INDEX, LOCK = "job:", "jobs", "lock:retrain"
KEPT = 100
LEASE = timedelta(seconds=30)
START = timedelta(minutes=3)  # a process on a busy machine has so long until its first heartbeat


class JobSignal(IntEnum):
    """The answer to a job's heartbeat."""

    STOP = 0  # it is over already, or another one has its place
    GO_ON = 1
    CANCEL = 2


class JobLockedError(Exception):
    """Another job is at work: `job` is its id."""

    def __init__(self, job: str) -> None:
        super().__init__(f"job {job} is at work")
        self.job = job


class JobRepository:
    """All jobs. `lease` is how long a job without a heartbeat counts as alive, `start` how long a new one does.

    Raises redis-py's errors.
    """

    def __init__(
        self,
        client: redis.Redis,
        *,
        lease: timedelta = LEASE,
        start: timedelta = START,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._redis = client
        self._now = now
        self._lease_ms = max(1, int(lease.total_seconds() * 1000))
        self._start_ms = max(self._lease_ms, int(start.total_seconds() * 1000))
        self._create, self._beat, self._finish, self._cancel = (
            client.register_script(script) for script in (CREATE, BEAT, FINISH, CANCEL)
        )

    def create(self, order: dict[str, Any], trigger: Trigger = "request") -> Job:
        """A new job, which holds the lock from now on. Raises `JobLockedError`."""
        now = self._now()
        job = Job(
            id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
            created_at=now,
            updated_at=now,
            trigger=trigger,
            order=order,
        )
        head: list[str | int | float] = [job.id, self._start_ms, now.timestamp(), KEPT, PREFIX]
        holder: Any = self._create(keys=[*_keys(job.id), INDEX], args=[*head, *_flat(job.to_fields())])
        if holder is not None:
            raise JobLockedError(bytes(holder).decode())
        return job

    def get(self, job_id: str) -> Job | None:
        """A job, None where there is none of this id."""
        fields: Any = self._redis.hgetall(PREFIX + job_id)
        return Job.from_fields(fields) if fields else None

    def newest(self, count: int = KEPT) -> list[Job]:
        """The newest jobs, newest first."""
        ids: Any = self._redis.zrevrange(INDEX, 0, count - 1)
        jobs = [self.get(name.decode()) for name in ids]
        return [job for job in jobs if job is not None]

    def begin(self, job_id: str) -> JobSignal:
        """Store that the job's process has started; returns what it is to do."""
        now = self._now()
        process = {"host": socket.gethostname(), "pid": os.getpid()}
        return self.beat(job_id, state="running", stage="starting", started_at=now, **process)

    def beat(self, job_id: str, **changes: Any) -> JobSignal:
        """Store a heartbeat and how far the job is; returns what the job is to do."""
        values = as_fields(updated_at=self._now(), **changes)
        return JobSignal(int(self._call(self._beat, job_id, self._lease_ms, values)))

    def finish(self, job_id: str, state: State, *, unless_alive: bool = False, **changes: Any) -> bool:
        """End a job and free the lock. False when it was over already (or is alive, with `unless_alive`)."""
        now = self._now()
        values = as_fields(state=state, stage=state, updated_at=now, finished_at=now, **changes)
        return bool(self._call(self._finish, job_id, int(unless_alive), values))

    def fail(self, job_id: str, code: str, message: str, *, unless_alive: bool = False) -> bool:
        """End a job as failed; `code` is for programs, `message` for people."""
        error = {"code": code, "message": message}
        return self.finish(job_id, "failed", unless_alive=unless_alive, message=message, error=error)

    def cancel(self, job_id: str) -> bool:
        """Ask a job to stop; False when it is over."""
        return bool(self._cancel(keys=_keys(job_id)))

    def fail_lost(self) -> list[str]:
        """End the jobs without a heartbeat for the lease: their process, or its machine, has died. Their ids."""
        message = "The job was interrupted: its process ended without a word."
        open_jobs = [job.id for job in self.newest() if not job.over]
        return [job_id for job_id in open_jobs if self.fail(job_id, "interrupted", message, unless_alive=True)]

    def _call(self, script: Any, job_id: str, option: int, values: dict[str, bytes]) -> Any:
        return script(keys=_keys(job_id), args=[job_id, option, *_flat(values)])


def _keys(job_id: str) -> list[str]:
    return [PREFIX + job_id, LOCK]


def _flat(values: dict[str, bytes]) -> list[str | bytes]:
    return list(chain.from_iterable(values.items()))
