"""What can be done with jobs."""

from __future__ import annotations

import structlog

from pedalcast.kit.errors import ConflictError, NotFoundError, PedalcastError
from pedalcast.models.jobs.job import Job, Trigger
from pedalcast.models.jobs.repository import JobLockedError, JobRepository
from pedalcast.models.jobs.retrain_request import JobSpec, RetrainRequest
from pedalcast.models.jobs.supervisor import JobSupervisor
from pedalcast.settings import Settings

log = structlog.get_logger(__name__)


class JobRunningError(PedalcastError):
    """Another job is at work; `job` in the body is its id."""

    def __init__(self, job: str) -> None:
        where = {"Location": f"/ai/jobs/{job}"}
        super().__init__(409, "job_running", f"Job {job} is at work; one at a time.", headers=where, job=job)


class JobService:
    """Starts, shows and stops jobs. May be used from any thread. Raises redis-py's errors."""

    def __init__(self, jobs: JobRepository, supervisor: JobSupervisor, settings: Settings, redis_url: str) -> None:
        self._jobs = jobs
        self._supervisor = supervisor
        self._settings = settings
        self._redis_url = redis_url

    def retrain(self, order: RetrainRequest, trigger: Trigger = "request") -> Job:
        """Start a retraining in a process of its own. Raises `JobRunningError`."""
        self._jobs.fail_lost()
        try:
            job = self._jobs.create(order.model_dump(mode="json", exclude_none=True), trigger)
        except JobLockedError as busy:
            raise JobRunningError(busy.job) from None
        try:
            pid = self._supervisor.start(JobSpec.of(job.id, order, trigger, self._settings, self._redis_url))
        except OSError as error:
            self._jobs.fail(job.id, "not_started", f"The job's process could not be started: {error.strerror}.")
        else:
            log.info("job started", job=job.id, trigger=trigger, pid=pid)
        return self.get(job.id)

    def get(self, job_id: str) -> Job:
        """A job. Raises `NotFoundError`."""
        job = self._jobs.get(job_id)
        if job is None:
            raise NotFoundError(f"There is no job {job_id}.", "job_not_found")
        return job

    def newest(self, count: int) -> list[Job]:
        """The newest jobs, newest first."""
        return self._jobs.newest(count)

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop; it does within seconds. Raises `NotFoundError`, `ConflictError` when it is over."""
        job = self.get(job_id)
        if not self._jobs.cancel(job_id):
            raise ConflictError(f"Job {job_id} is over: it has {job.state}.", "job_over")
        log.info("job cancelled, process asked to stop", job=job_id)
        return self.get(job_id)

    def fail_lost(self) -> list[str]:
        """End the jobs whose process has died without a word; their ids."""
        lost = self._jobs.fail_lost()
        for job_id in lost:
            log.warning("job interrupted, process died", job=job_id)
        return lost

    def settle_ended(self) -> None:
        """End the jobs whose process, started here, has ended."""
        self._supervisor.settle_ended()

    def stop(self) -> None:
        """Stop the processes started here: their jobs end as interrupted."""
        self._supervisor.stop()
