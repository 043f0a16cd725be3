"""A job done: the work, and what is said of how it ended."""

from __future__ import annotations

import redis

from forecaster.history import History
from forecaster.objects import ObjectConflict, ObjectError, open_objects
from forecaster.registry.bundle import BadBundle
from forecaster.registry.registry import NO_MODEL, Registry
from pedalcast.models.champion_events import ChampionChange
from pedalcast.models.jobs.heartbeat import Heartbeat
from pedalcast.models.jobs.job_spec import JobSpec
from pedalcast.models.jobs.repository import JobRepository
from pedalcast.models.jobs.training_task import RetrainingError, TrainingOutcome, TrainingTask

FAILED = 1  # exit code


def run_job(spec: JobSpec, client: redis.Redis, jobs: JobRepository, pulse: Heartbeat) -> int:
    """Retrain as told, and end the job; the exit code."""
    objects = open_objects(spec.objects_url, endpoint_url=spec.s3_endpoint_url)
    retraining = TrainingTask(
        history=History(objects),
        registry=Registry(objects),
        engine=spec.engine,
        longest=spec.longest,
        threads=spec.threads,
        first=spec.first,
    )
    try:
        result = retraining.run(spec.order, pulse.progress, pulse.undisturbed)
    except (RetrainingError, BadBundle, ObjectError) as error:
        jobs.fail(spec.job, _code(error), str(error))
        return FAILED
    _succeed(spec.job, result, client, jobs)
    return 0


def _succeed(job_id: str, result: TrainingOutcome, client: redis.Redis, jobs: JobRepository) -> None:
    jobs.finish(job_id, "succeeded", percent=100.0, message=result.verdict.reason, result=result.to_json())
    if result.promoted:
        ChampionChange(result.bundle.manifest.id, result.before or NO_MODEL, result.verdict.reason).tell(client)


def _code(error: RetrainingError | BadBundle | ObjectError) -> str:
    if isinstance(error, RetrainingError):
        return error.code
    if isinstance(error, ObjectConflict):
        return "champion_changed"
    return "model_unusable" if isinstance(error, BadBundle) else "store_unavailable"
