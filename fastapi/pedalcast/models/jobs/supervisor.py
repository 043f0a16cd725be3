"""The processes that do jobs, as the service that started them sees them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import redis
import structlog

from pedalcast.models.jobs.job import Job
from pedalcast.models.jobs.job_spec import JobSpec
from pedalcast.models.jobs.repository import JobRepository

COMMAND = (sys.executable, "-m", "pedalcast.models.jobs.__main__")
GRACE_S = 5.0
LINES = 40  # of a process's last words that are logged
log = structlog.get_logger(__name__)


class JobSupervisor:
    """Starts a process for a job, and notices how it ends. `ended` is told of every job whose process has."""

    def __init__(
        self, jobs: JobRepository, ended: Callable[[Job], None] = lambda _: None, command: tuple[str, ...] = COMMAND
    ) -> None:
        self._jobs = jobs
        self._ended = ended
        self._command = command
        self._lock = threading.Lock()
        self._running: dict[str, tuple[subprocess.Popen[bytes], threading.Thread]] = {}

    def start(self, spec: JobSpec) -> int:
        """Start the process of a job; its pid. Raises `OSError` when there can be none."""
        process = subprocess.Popen(  # noqa: S603 - our own module, the order goes over its input
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_bounded(spec.threads),
            start_new_session=True,  # a Ctrl-C at the terminal is for the service, which tells it to stop
        )
        thread = threading.Thread(target=self._watch, args=(spec, process), name=f"job-{spec.job}", daemon=True)
        with self._lock:
            self._running[spec.job] = process, thread
        thread.start()
        return process.pid

    def stop(self) -> None:
        """Tell all processes that the service ends, and wait until they have gone."""
        with self._lock:
            running = list(self._running.values())
        for process, _ in running:
            _let_go(process)
        for process, thread in running:
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
            thread.join()

    def _watch(self, spec: JobSpec, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None  # noqa: S101 (piped)
        assert process.stderr is not None  # noqa: S101
        try:
            process.stdin.write(spec.model_dump_json().encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it is dead already: its exit code says why
        words = deque((line.decode(errors="replace").rstrip() for line in process.stderr), maxlen=LINES)
        code = process.wait()
        process.stderr.close()
        _let_go(process)
        with self._lock:
            self._running.pop(spec.job, None)
        self._settle(spec.job, code, list(words))

    def _settle(self, job_id: str, code: int, words: list[str]) -> None:
        """Make sure that the job of a process that has ended is over."""
        try:
            if self._jobs.fail(job_id, "worker_died", _how(code, words)):
                log.error("job's process died", job=job_id, code=code, words="\n".join(words))
            job = self._jobs.get(job_id)
        except redis.RedisError as error:
            log.warning("a job ended while Redis was away", job=job_id, code=code, reason=str(error))
            return
        if job is None:
            log.warning("Redis does not know a job any more that has ended", job=job_id, code=code)
        else:
            self._ended(job)


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """Close the lifeline."""
    if process.stdin is not None and not process.stdin.closed:
        with suppress(BrokenPipeError):
            process.stdin.close()


def _how(code: int, words: list[str]) -> str:
    if code < 0:
        known = {one.value: one.name for one in signal.Signals}
        return f"The job's process was killed by {known.get(-code, f'signal {-code}')}."
    last = f": {words[-1][:200]}" if words else ""
    return f"The job's process ended with exit code {code}{last}"


def _bounded(threads: int) -> dict[str, str]:
    """The environment with every library held to so many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
    return {**os.environ, **dict.fromkeys(names, str(threads))}
