"""The metrics of models and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from prometheus_client import CollectorRegistry, Counter, Gauge

from forecaster.verification.matured import VerificationScores
from pedalcast.models.jobs.job import Job
from pedalcast.models.monitoring.loss_test import LossToPersistence


class ModelMetrics:
    """Prometheus metrics of models and jobs."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.jobs = Counter(
            "pedalcast_jobs_total", "Jobs that ended", ["kind", "trigger", "outcome"], registry=registry
        )
        self.working = Gauge("pedalcast_jobs_running", "Jobs at work", registry=registry)
        self.duration = Gauge("pedalcast_job_last_seconds", "How long the last job took", ["kind"], registry=registry)
        self.reloads = Counter("pedalcast_model_reloads_total", "Models swapped in", ["outcome"], registry=registry)
        self.rollbacks = Counter(
            "pedalcast_model_rollbacks_total", "Champions rolled back by themselves", ["to"], registry=registry
        )
        self.drift = Gauge(
            "pedalcast_model_drift_psi",
            "Population stability index of an input, last day",
            ["feature"],
            registry=registry,
        )
        self.drifted = Gauge("pedalcast_model_drifted_inputs", "Inputs with an index above 0.25", registry=registry)
        self.loss = Gauge(
            "pedalcast_model_loss_ratio", "Error above persistence's (99 % sure), as a share of it", registry=registry
        )
        self.promise = Gauge(
            "pedalcast_model_error_to_promise",
            "Live error over that of the backtest",
            ["horizon", "score"],
            registry=registry,
        )
        self.live = Gauge(
            "pedalcast_model_live_score", "Mean over the last day", ["horizon", "score"], registry=registry
        )

    def ended(self, job: Job) -> None:
        """Count a job that is over."""
        self.jobs.labels(job.kind, job.trigger, job.state).inc()
        if job.started_at is not None and job.finished_at is not None:
            self.duration.labels(job.kind).set((job.finished_at - job.started_at).total_seconds())

    def drifts(self, psi: Mapping[str, float], much: float) -> list[str]:
        """Show how far the inputs have drifted; the names of those that have much."""
        for feature, value in psi.items():
            self.drift.labels(feature).set(value)
        drifted = sorted((name for name, value in psi.items() if value > much), key=lambda name: -psi[name])
        self.drifted.set(len(drifted))
        return drifted

    def lives(self, scores: Mapping[int, VerificationScores]) -> None:
        """Show the live scores."""
        for horizon, means in scores.items():
            for name, value in asdict(means).items():
                if value is not None and name != "count":
                    self.live.labels(str(horizon), name).set(value)

    def judged(self, verdict: LossToPersistence) -> None:
        """Show how the champion does beside persistence."""
        self.loss.set(verdict.surely)

    def forget(self) -> None:
        """Show nothing of a champion that is none any more, or is watched elsewhere."""
        for gauge in (self.drift, self.promise, self.live):
            gauge.clear()
        self.drifted.set(0)
        self.loss.set(0)
