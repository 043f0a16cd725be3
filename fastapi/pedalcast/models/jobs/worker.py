"""The process that does one job: `python -m pedalcast.models.jobs.worker`, told what to do over its standard input.

Its input stays open for as long as the service lives. What it cannot do becomes a failed job with a code; what nobody
foresaw ends it with a traceback, and the service, which sees that, makes it a failed job too.
"""

from __future__ import annotations

import os
from io import FileIO

import redis

from forecaster.bundle import BadBundle
from forecaster.history import History
from forecaster.objects import Conflict, ObjectError, open_objects
from forecaster.registry import NO_MODEL, Registry
from pedalcast.kit.redis import connect
from pedalcast.models.jobs.pulse import SUPERSEDED, Pulse
from pedalcast.models.jobs.repository import JobRepository, Told
from pedalcast.models.jobs.spec import Spec
from pedalcast.models.jobs.work import Retraining, RetrainingError
from pedalcast.models.loading import News

NICE = 10  # forecasts go first
FAILED = 1
READ_AT_ONCE = 65_536


def main(lifeline: FileIO) -> int:
    """Do the job that `lifeline` names; the exit code."""
    os.nice(NICE)
    spec = Spec.model_validate_json(_line(lifeline))
    client = connect(spec.redis_url)
    jobs = JobRepository(client, lease=spec.lease)
    if jobs.begin(spec.job) is not Told.GO_ON:
        jobs.finish(spec.job, "cancelled", message="The job was cancelled.")
        return SUPERSEDED
    with Pulse(jobs, spec.job, lease=spec.lease).beating(lifeline) as pulse:
        return _work(spec, client, pulse, jobs)


def _work(spec: Spec, client: redis.Redis, pulse: Pulse, jobs: JobRepository) -> int:
    objects = open_objects(spec.objects_url, endpoint_url=spec.s3_endpoint_url)
    retraining = Retraining(
        history=History(objects),
        registry=Registry(objects),
        engine=spec.engine,
        longest=spec.longest,
        threads=spec.threads,
    )
    try:
        result = retraining.run(spec.order, pulse.progress, pulse.undisturbed)
    except (RetrainingError, BadBundle, ObjectError) as error:
        jobs.fail(spec.job, _code(error), str(error))
        return FAILED
    jobs.finish(spec.job, "succeeded", percent=100.0, message=result.verdict.reason, result=result.to_json())
    if result.promoted:
        News(result.bundle.manifest.id, result.before or NO_MODEL, result.verdict.reason).tell(client)
    return 0


def _code(error: RetrainingError | BadBundle | ObjectError) -> str:
    if isinstance(error, RetrainingError):
        return error.code
    if isinstance(error, Conflict):
        return "champion_changed"
    return "model_unusable" if isinstance(error, BadBundle) else "store_unavailable"


def _line(lifeline: FileIO) -> bytes:
    """The first line: nothing is read ahead, so that the rest stays a lifeline."""
    line = b""
    while not line.endswith(b"\n"):
        part = lifeline.read(READ_AT_ONCE)
        if not part:
            break
        line += part
    return line


if __name__ == "__main__":
    with FileIO(0, closefd=False) as standard_input:
        code = main(standard_input)
    os._exit(code)  # a thread waits for input: a plain exit would wait for it
