"""The services of models and jobs, built but not yet running."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from forecaster.registry.registry import Registry
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.context import AppContext
from pedalcast.models.jobs.job import Job
from pedalcast.models.jobs.repository import JobRepository
from pedalcast.models.jobs.service import JobService
from pedalcast.models.jobs.supervisor import JobSupervisor
from pedalcast.models.metrics import ModelMetrics
from pedalcast.models.mlflow_export.tracking import MlflowTracking
from pedalcast.models.model_loader import ModelLoader
from pedalcast.models.service import ModelService
from pedalcast.settings import Settings


@dataclass(frozen=True, slots=True)
class ModelServices:
    """The services of models and jobs. `ended` is called with every job whose process, started here, has ended."""

    service: ModelService
    jobs: JobService
    registry: Registry
    instruments: ModelMetrics
    ended: JobEndedHook


class JobEndedHook:
    """Calls `then` for a job that is over; the lifespan sets it once everything runs."""

    def __init__(self) -> None:
        self.then: Callable[[Job], None] = lambda _: None

    def __call__(self, job: Job) -> None:
        self.then(job)


def build_model_services(context: AppContext, settings: Settings, forecasts: ForecastService) -> ModelServices:
    """The services; nothing is started. Raises `SettingsError` where MLflow is set and its client is missing."""
    MlflowTracking.of(settings)
    registry, ended, metrics = Registry(context.objects), JobEndedHook(), ModelMetrics(context.metrics)
    jobs = JobRepository(context.redis, lease=settings.job_lease)
    loader = ModelLoader(registry, forecasts, context.redis, metrics)
    return ModelServices(
        service=ModelService(registry, loader, forecasts, context.clock),
        jobs=JobService(jobs, JobSupervisor(jobs, ended), settings, context.redis_url),
        registry=registry,
        instruments=metrics,
        ended=ended,
    )
