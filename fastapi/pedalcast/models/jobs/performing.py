"""A job done: the work, and what is said of how it ended."""

from __future__ import annotations

import redis

from forecaster.bundle import BadBundle
from forecaster.history import History
from forecaster.objects import Conflict, ObjectError, open_objects
from forecaster.registry import NO_MODEL, Registry
from pedalcast.models.jobs.pulse import Pulse
from pedalcast.models.jobs.repository import JobRepository
from pedalcast.models.jobs.spec import Spec
from pedalcast.models.jobs.work import Result, Retraining, RetrainingError
from pedalcast.models.news import News

FAILED = 1  # exit code


def perform(spec: Spec, client: redis.Redis, jobs: JobRepository, pulse: Pulse) -> int:
    """Retrain as told, and end the job; the exit code."""
    objects = open_objects(spec.objects_url, endpoint_url=spec.s3_endpoint_url)
    retraining = Retraining(
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


def _succeed(job_id: str, result: Result, client: redis.Redis, jobs: JobRepository) -> None:
    jobs.finish(job_id, "succeeded", percent=100.0, message=result.verdict.reason, result=result.to_json())
    if result.promoted:
        News(result.bundle.manifest.id, result.before or NO_MODEL, result.verdict.reason).tell(client)


def _code(error: RetrainingError | BadBundle | ObjectError) -> str:
    if isinstance(error, RetrainingError):
        return error.code
    if isinstance(error, Conflict):
        return "champion_changed"
    return "model_unusable" if isinstance(error, BadBundle) else "store_unavailable"
