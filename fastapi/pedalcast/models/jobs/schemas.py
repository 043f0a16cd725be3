"""What `/ai/jobs` says."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from pedalcast.models.jobs.job import Job

EXAMPLE: dict[str, Any] = {
    "id": "20261120T101500Z-3f2a91",
    "kind": "retrain",
    "trigger": "request",
    "state": "running",
    "stage": "growing trees",
    "percent": 61.5,
    "message": "",
    "order": {"days": 21, "engine": "xgboost", "dry_run": False},
    "created_at": "2026-11-20T10:15:00Z",
    "started_at": "2026-11-20T10:15:02Z",
    "updated_at": "2026-11-20T10:16:10Z",
    "finished_at": None,
    "cancelling": False,
    "result": None,
    "error": None,
}


class JobError(BaseModel):
    """Why a job failed."""

    code: str = Field(description="for programs", examples=["worker_died"])
    message: str = Field(description="for people", examples=["The job's process was killed by SIGKILL."])


class JobView(BaseModel):
    """A job, and how far it is."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    id: str
    kind: Literal["retrain"]
    trigger: Literal["request", "schedule", "first"] = Field(description="who wanted it")
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    stage: str = Field(description="what is being done")
    percent: float = Field(ge=0, le=100)
    message: str
    order: dict[str, Any] = Field(description="what was asked for")
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime = Field(description="its last sign of life")
    finished_at: datetime | None
    cancelling: bool = Field(description="somebody asked it to stop")
    result: dict[str, Any] | None = Field(description="the version made, the decision and its reason")
    error: JobError | None

    @classmethod
    def of(cls, job: Job) -> Self:
        """How a job is shown."""
        return cls.model_validate(asdict(job))


class JobList(BaseModel):
    """Jobs, newest first."""

    jobs: list[JobView]
