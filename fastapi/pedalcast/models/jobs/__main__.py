"""The process that does one job: `python -m pedalcast.models.jobs`, its spec read from standard input.

The input stays open for as long as the service lives. An expected error becomes a failed job with a code; an unexpected
one ends the process with a traceback, which the service turns into a failed job.
"""

from __future__ import annotations

import os
from io import FileIO

from pedalcast.kit.redis_connection import connect
from pedalcast.models.jobs.job_heartbeat import SUPERSEDED, Heartbeat
from pedalcast.models.jobs.repository import JobRepository, JobSignal
from pedalcast.models.jobs.retrain_request import JobSpec

NICE = 10  # forecasts go first
READ_AT_ONCE = 65_536


def main(lifeline: FileIO) -> int:
    """Do the job that `lifeline` names; the exit code."""
    os.nice(NICE)
    spec = JobSpec.model_validate_json(_line(lifeline))
    client = connect(spec.redis_url)
    jobs = JobRepository(client, lease=spec.lease)
    if jobs.begin(spec.job) is not JobSignal.GO_ON:
        jobs.finish(spec.job, "cancelled", message="The job was cancelled.")
        return SUPERSEDED
    with Heartbeat(jobs, spec.job, lease=spec.lease).beating(lifeline) as heartbeat:
        # What trains takes seconds to import on a busy machine: by then the heartbeat runs.
        from pedalcast.models.jobs.training_task import run_job  # noqa: PLC0415

        return run_job(spec, client, jobs, heartbeat)


def _line(lifeline: FileIO) -> bytes:
    """The first line: nothing follows it, the pipe only stays open."""
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
