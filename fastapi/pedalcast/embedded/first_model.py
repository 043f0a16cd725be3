"""The first model: asked of the service's own jobs as soon as they run, and followed with a bar."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import redis

from forecaster.general.general_trainer import GENERAL
from forecaster.history import History
from forecaster.objects import ObjectStore
from forecaster.registry.registry import CHAMPION, Registry
from pedalcast.embedded.steps import Steps
from pedalcast.forecasts.prediction.models import PERSISTENCE
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.runtime.background_worker import FINISHED, BackgroundWorker
from pedalcast.models.jobs.job import Job
from pedalcast.models.jobs.retrain_request import RetrainRequest
from pedalcast.models.jobs.service import JobRunningError, JobService

BEFORE_A_CHAMPION = (GENERAL, PERSISTENCE)
LOOK_S = 0.5
TAKEN_UP_S = 15.0  # how long the service may take to load the new champion


def is_wanted(objects: ObjectStore, enough: timedelta) -> bool:
    """Whether there is no champion, and enough history to train one. Raises the store's `ObjectError`s."""
    if Registry(objects).alias(CHAMPION) is not None:
        return False
    span = History(objects).span()
    return span is not None and span[1] - span[0] >= enough


class FirstModel:
    """Sees to the first model. `settled` is set when it forecasts, or when there will be none."""

    def __init__(self, jobs: JobService, forecasts: ForecastService, serving: Callable[[], bool], steps: Steps) -> None:
        self._jobs = jobs
        self._forecasts = forecasts
        self._serving = serving
        self._steps = steps
        self.worker = BackgroundWorker("first-model", self._run, late_after_s=math.inf)
        self.settled = threading.Event()

    def _run(self) -> str:
        while not self._serving() and not self.worker.stopping.wait(0.05):
            pass
        jobs = self._jobs
        try:
            job = None if self.worker.stopping.is_set() else jobs.retrain(RetrainRequest(), "first")
        except JobRunningError:
            job = next(iter(jobs.newest(1)), None)  # the service's own schedule came first
        except redis.RedisError as error:
            self._steps.note(f"The first model waits for the service's own schedule: {error}")
            job = None
        if job is not None:
            self._follow(jobs, job)
        self.settled.set()
        return FINISHED

    def _follow(self, jobs: JobService, job: Job) -> None:
        with self._steps.progress("Training the first model") as advance:
            while not job.over and not self.worker.stopping.wait(LOOK_S):
                job = self._look(jobs, job)
                advance(job.percent / 100, job.stage)
        if job.state == "succeeded":
            self._wait_until_taken_up()
            version = self._forecasts.models.current.version
            if version in BEFORE_A_CHAMPION:
                self._steps.note("The first model is there; forecasts take it up in a moment")
            else:
                self._steps.done(f"First model: {version}")
        elif job.over:
            why = job.error["message"] if job.error else job.message
            self._steps.note(f"No first model yet, forecasts go on without it: {why}")

    def _look(self, jobs: JobService, job: Job) -> Job:
        try:
            return jobs.get(job.id)
        except redis.RedisError:
            return job  # it will be back

    def _wait_until_taken_up(self) -> None:
        until = time.monotonic() + TAKEN_UP_S
        while self._forecasts.models.current.version in BEFORE_A_CHAMPION and time.monotonic() < until:
            if self.worker.stopping.wait(0.05):
                return
