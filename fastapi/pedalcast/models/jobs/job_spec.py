"""What a service tells the process it starts, over its standard input: secrets stand in no command line."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from forecaster.model.engines import Engine
from pedalcast.models.jobs.job import Trigger
from pedalcast.models.jobs.retrain_request import RetrainRequest
from pedalcast.settings import Settings


class JobSpec(BaseModel):
    """One job for one process. The `first` model is waited for: it is trained once, and not judged."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    job: str
    order: RetrainRequest
    redis_url: str
    objects_url: str
    s3_endpoint_url: str | None
    lease: timedelta
    engine: Engine
    longest: timedelta
    threads: int
    first: bool = False

    @classmethod
    def of(cls, job: str, order: RetrainRequest, trigger: Trigger, settings: Settings, redis_url: str) -> JobSpec:
        """The job as this service would have it done."""
        return cls(
            job=job,
            order=order,
            redis_url=redis_url,
            objects_url=settings.objects_url,
            s3_endpoint_url=settings.s3_endpoint_url,
            lease=settings.job_lease,
            engine=order.engine or settings.retrain_engine,
            longest=timedelta(days=settings.retrain_days),
            threads=settings.retrain_threads,
            first=trigger == "first",
        )
