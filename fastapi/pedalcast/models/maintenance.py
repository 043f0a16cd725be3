"""Work beside the requests: jobs supervised, retraining scheduled, the champion judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson
import structlog

from pedalcast.forecasts.leadership.lease import Lease
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.models.jobs.job import Job
from pedalcast.models.jobs.service import JobService
from pedalcast.models.metrics import ModelMetrics
from pedalcast.models.monitoring.guard import ChampionGuard
from pedalcast.models.schedule import RetrainSchedule

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The rounds of one replica; what only one replica is to do is done by the one that holds `lease`.

    `audit` is told the name, the version and the circumstances of what nobody asked for.
    """

    jobs: JobService
    guard: ChampionGuard
    schedule: RetrainSchedule
    lease: Lease
    events: Broadcaster
    instruments: ModelMetrics
    audit: Callable[..., None]

    def look_after(self) -> None:
        """End the jobs whose process has died, store the counts of the model's inputs. In every replica."""
        for job_id in self.jobs.fail_lost():
            self.ended(self.jobs.get(job_id))
        self.instruments.working.set(sum(not job.over for job in self.jobs.newest(5)))
        self.guard.note()

    def ended(self, job: Job) -> None:
        """Count a job that is over, publish an event, plan the next try where nobody asked for it by request."""
        log.info("job ended", job=job.id, state=job.state, result=job.message)
        self.instruments.ended(job)
        public = {"job": job.id, "kind": job.kind, "state": job.state}  # everybody may listen
        self.events.publish("job", f"job-{job.id}", orjson.dumps(public).decode())
        self.schedule.ended(job)
        if job.trigger != "request" and job.result is not None and job.result.get("promoted"):
            self.audit("model.promote", job.result["version"], reason=job.result["reason"], job=job.id)

    def tick(self) -> None:
        """Start the retraining that is due."""
        if self.lease.acquire() is not None:
            self.schedule.tick()

    def watch(self) -> None:
        """Judge the champion."""
        if self.lease.acquire() is None:
            self.guard.rest()
        else:
            self.guard.look()
