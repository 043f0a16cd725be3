"""The processes that do jobs, as the service that started them sees them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import redis
import structlog

from pedalcast.models.jobs.job import Job
from pedalcast.models.jobs.repository import JobRepository
from pedalcast.models.jobs.retrain_request import JobSpec

COMMAND = (sys.executable, "-m", "pedalcast.models.jobs")
GRACE_S = 5.0
LINES = 40  # of a process's last output that are logged
TAIL_BYTES = 16_384
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Running:
    """A process, and the file that its standard error goes to."""

    process: subprocess.Popen[bytes]
    errors: IO[bytes]


class JobSupervisor:
    """Starts a process for a job, and notices how it ends. `ended` is called with every job whose process has.

    `settle_ended` is to be called now and then, from one thread at a time.
    """

    def __init__(
        self, jobs: JobRepository, ended: Callable[[Job], None] = lambda _: None, command: tuple[str, ...] = COMMAND
    ) -> None:
        self._jobs = jobs
        self._ended = ended
        self._command = command
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}

    def start(self, spec: JobSpec) -> int:
        """Start the process of a job; its pid. Raises `OSError` when there can be none."""
        errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the process has ended)
        try:
            process = self._start(spec, errors)
        except OSError:
            errors.close()
            raise
        assert process.stdin is not None  # noqa: S101 (piped)
        with suppress(BrokenPipeError):  # it is dead already: its exit code says why
            process.stdin.write(spec.model_dump_json().encode() + b"\n")
            process.stdin.flush()
        with self._lock:
            self._running[spec.job] = _Running(process, errors)
        return process.pid

    def _start(self, spec: JobSpec, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own module, the request goes over its input
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **dict.fromkeys(THREAD_LIMITS, str(spec.threads))},
            start_new_session=True,  # a Ctrl-C at the terminal is for the service, which stops the process
        )

    def stop(self) -> None:
        """Close the input of all processes, which ends them, and wait until they have ended."""
        with self._lock:
            running = list(self._running.values())
        for job in running:
            _close_input(job.process)
        for job in running:
            try:
                job.process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                job.process.kill()
                job.process.wait()
        self.settle_ended()

    def settle_ended(self) -> None:
        """Make sure that the jobs of processes that have ended are over."""
        with self._lock:
            ended = {job: running for job, running in self._running.items() if running.process.poll() is not None}
        for job_id, running in ended.items():
            _close_input(running.process)
            lines = _last_lines(running.errors)
            with self._lock:
                del self._running[job_id]
            self._settle(job_id, running.process.returncode, lines)

    def _settle(self, job_id: str, code: int, lines: list[str]) -> None:
        try:
            if self._jobs.fail(job_id, "worker_died", _ending(code, lines)):
                log.error("job process died", job=job_id, code=code, stderr="\n".join(lines))
            job = self._jobs.get(job_id)
        except redis.RedisError as error:
            log.warning("job ended, redis unavailable, result not stored", job=job_id, code=code, reason=str(error))
            return
        if job is None:
            log.warning("job ended, not found in redis", job=job_id, code=code)
        else:
            self._ended(job)


def _close_input(process: subprocess.Popen[bytes]) -> None:
    """Close the pipe whose end tells the process that its service has gone."""
    if process.stdin is not None and not process.stdin.closed:
        with suppress(BrokenPipeError):
            process.stdin.close()


def _last_lines(errors: IO[bytes]) -> list[str]:
    """The last lines of a process's standard error; the file is closed."""
    with errors:
        size = errors.seek(0, os.SEEK_END)
        errors.seek(max(0, size - TAIL_BYTES))
        return errors.read().decode(errors="replace").splitlines()[-LINES:]


def _ending(code: int, lines: list[str]) -> str:
    if code < 0:
        names = {number.value: number.name for number in signal.Signals}
        return f"The job's process was killed by {names.get(-code, f'signal {-code}')}."
    last = f": {lines[-1][:200]}" if lines else ""
    return f"The job's process ended with exit code {code}{last}"
