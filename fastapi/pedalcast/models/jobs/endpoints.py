"""`/ai/retrain` and `/ai/jobs`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from pedalcast.accounts.audit.audit_note import AuditNoteDep
from pedalcast.kit.dependencies import AdminOnly, AdminRoute
from pedalcast.kit.errors import responses
from pedalcast.models.dependencies import ModelServicesDep
from pedalcast.models.jobs.retrain_request import RetrainRequest
from pedalcast.models.jobs.schemas import EXAMPLE, JobList, JobView

router = APIRouter(prefix="/ai", tags=["models"], dependencies=[AdminOnly], route_class=AdminRoute)

JobId = Annotated[str, Path(examples=[EXAMPLE["id"]])]


@router.post("/retrain", status_code=202, summary="Train a new model", responses=responses(401, 403, 409, 422, 503))
def retrain(
    models: ModelServicesDep, note: AuditNoteDep, response: Response, order: RetrainRequest | None = None
) -> JobView:
    """Start a retraining in a process of its own; `Location` is where to follow it. One at a time: 409 names the one at
    work. The new model is compared with the champion on the same recent days and promoted only if it is surely better.
    """
    job = models.jobs.retrain(order or RetrainRequest())
    note("model.retrain", job.id)
    response.headers["Location"] = f"/ai/jobs/{job.id}"
    return JobView.of(job)


@router.get("/jobs", summary="Jobs, newest first", responses=responses(401, 403, 503))
def list_jobs(models: ModelServicesDep, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> JobList:
    """The newest jobs."""
    return JobList(jobs=[JobView.of(job) for job in models.jobs.newest(limit)])


@router.get("/jobs/{job_id}", summary="One job", responses=responses(401, 403, 404, 503))
def read_job(models: ModelServicesDep, job_id: JobId) -> JobView:
    """How far a job is, and what came of it."""
    return JobView.of(models.jobs.get(job_id))


@router.delete("/jobs/{job_id}", status_code=202, summary="Stop a job", responses=responses(401, 403, 404, 409, 503))
def cancel_job(models: ModelServicesDep, note: AuditNoteDep, job_id: JobId) -> JobView:
    """Ask a job to stop. It ends as `cancelled` within seconds; nothing of it stays."""
    job = models.jobs.cancel(job_id)
    note("job.cancel", job.id)
    return JobView.of(job)
