"""What can be asked of a retraining, and what the process that does it is given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from forecaster.model.engines import Engine, EngineChoice
from pedalcast.models.jobs.job import Trigger
from pedalcast.models.mlflow_export.tracking import MlflowTracking
from pedalcast.settings import Settings

HorizonMinutes = Annotated[int, Field(ge=5, le=240)]


class RetrainRequest(BaseModel):
    """Which history, engine and horizons to train with. Everything may be left out.

    The window is the last `days` of history, or `start` up to `end`; all of it (at most the RETRAIN_DAYS setting)
    without either. `dry_run` trains and compares, and changes nothing.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "example": {"days": 21, "engine": "xgboost", "horizons": [10, 20, 30, 60], "dry_run": False}
        },
    )

    days: float | None = Field(default=None, gt=0, le=1100, description="train on the last days of history")
    start: AwareDatetime | None = Field(default=None, description="train on history from here on (RFC 3339)")
    end: AwareDatetime | None = Field(default=None, description="train on history before this (RFC 3339)")
    engine: Engine | None = Field(default=None, description="default: the RETRAIN_ENGINE setting")
    horizons: tuple[HorizonMinutes, ...] | None = Field(
        default=None, min_length=1, max_length=8, description="minutes ahead"
    )
    dry_run: bool = Field(default=False, description="compare with the champion and change nothing")

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if self.days is not None and self.start is not None:
            raise ValueError("give days or start, not both")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("start must be before end")
        if self.horizons is not None and list(self.horizons) != sorted(set(self.horizons)):
            raise ValueError("horizons must be ascending, each once")
        return self

    def window(
        self, span: tuple[datetime, datetime], longest: timedelta
    ) -> tuple[datetime, datetime]:  # fmt: skip
        """The stretch [start, end) of a history that reaches over `span`."""
        end = min(self.end or span[1] + timedelta(seconds=1), span[1] + timedelta(seconds=1))
        length = longest if self.days is None else timedelta(days=self.days)
        return max(self.start or end - length, span[0]), end


class JobSpec(BaseModel):
    """One job for one process, sent over its standard input: secrets stand in no command line.

    The `first` model is waited for: it learns from few rows. With `general` the general model is a candidate.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    job: str
    order: RetrainRequest
    redis_url: str
    objects_url: str
    s3_endpoint_url: str | None
    lease: timedelta
    engine: EngineChoice
    longest: timedelta
    threads: int
    first: bool = False
    general: bool = False
    cluster: str | None = None
    tracking: MlflowTracking | None = None

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
            general=settings.general_model,
            cluster=settings.retrain_cluster,
            tracking=MlflowTracking.of(settings),
        )
