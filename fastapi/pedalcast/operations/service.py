"""Puts together how the service is doing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from collector.storage.snapshot_store import SnapshotStore
from forecaster.objects import ObjectError
from forecaster.verification import matured
from forecaster.verification.matured import VerificationRow
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.context import AppContext
from pedalcast.kit.errors import UnavailableError
from pedalcast.models.container import ModelServices
from pedalcast.models.jobs.schemas import JobView
from pedalcast.operations.metric_samples import MetricSamples
from pedalcast.operations.schemas import (
    AccuracyHealth,
    CyclePart,
    FeedHealth,
    ForecastHealth,
    ModelHealth,
    Operations,
    WorkerHealth,
)
from pedalcast.stations.service import StationService
from pedalcast.stations.station_snapshot import is_stale

PARTS = ("read", "features", "predict", "write", "total")
JOBS = 10
_CYCLE = "pedalcast_cycle_seconds"
_WORKER = "pedalcast_worker_"
Means = dict[str, float | int | None]


@dataclass(frozen=True, slots=True)
class OperationsService:
    """Reads metrics of this process, Redis and the object store; for threads."""

    context: AppContext
    stations: StationService
    forecasts: ForecastService
    models: ModelServices

    def show(self, hours: float) -> Operations:
        """Everything, with the accuracy of the last `hours`. Raises redis-py's errors and `UnavailableError`."""
        samples = MetricSamples.of(self.context.metrics)
        return Operations(
            at=self.context.clock.now(),
            feed=self._feed(SnapshotStore(self.context.redis)),
            forecasts=self._forecasts(samples),
            accuracy=self._accuracy(hours),
            model=self._model(samples),
            workers=_workers(samples),
            jobs=[JobView.of(job) for job in self.models.jobs.newest(JOBS)],
            not_ready=self._not_ready(),
        )

    def _feed(self, store: SnapshotStore) -> FeedHealth:
        snapshot, heartbeat, counters = self.stations.stations, store.heartbeat() or {}, store.counters()
        age = None if snapshot is None else (self.context.clock.now() - snapshot.observed_at).total_seconds()
        return FeedHealth(
            snapshot_id=None if snapshot is None else snapshot.snapshot_id,
            observed_at=None if snapshot is None else snapshot.observed_at,
            age=age,
            stale=age is not None and is_stale(age, self.stations.stale_after.total_seconds()),
            partial=snapshot is not None and snapshot.partial,
            stations=0 if snapshot is None else len(snapshot.ids),
            status=heartbeat.get("status"),
            failures_in_a_row=int(heartbeat.get("failures", 0)),
            totals={name: count for name, count in counters.items() if ":" not in name},
            rejected=_by_reason(counters, "rejected"),
            failed=_by_reason(counters, "failed"),
        )

    def _forecasts(self, samples: MetricSamples) -> ForecastHealth:
        posted = self.forecasts.board.posted
        info = None if posted is None else posted.info
        return ForecastHealth(
            run=None if info is None else info.id,
            model=None if info is None else info.model,
            made_at=None if info is None else datetime.fromtimestamp(info.made_at, UTC),
            age=samples.value("pedalcast_forecast_age_seconds"),
            stations=0 if posted is None else len(posted.index),
            leader=samples.value("pedalcast_forecast_leader") == 1,
            runs_by_trigger=samples.counts("pedalcast_forecast_runs_by_trigger_total", "trigger"),
            failures=samples.counts("pedalcast_model_failures_total", "reason"),
            cycle={part: cycle for part in PARTS if (cycle := _cycle_part(samples, part)) is not None},
        )

    def _accuracy(self, hours: float) -> AccuracyHealth:
        until = self.context.clock.now()
        try:
            rows = matured.read(self.context.objects, until - timedelta(hours=hours), until)
        except ObjectError as error:
            raise UnavailableError("The scores cannot be read at present.", "scores_unavailable") from error
        snapshot = self.stations.stations
        zone = ZoneInfo("UTC" if snapshot is None else snapshot.system.timezone)
        return AccuracyHealth(hours=hours, by_horizon=_means(rows), by_hour=_by_hour(rows, zone))

    def _model(self, samples: MetricSamples) -> ModelHealth:
        return ModelHealth(
            serving=self.forecasts.models.current.version,
            drift=samples.by_label("pedalcast_model_drift_psi", "feature"),
            drifted_inputs=int(samples.value("pedalcast_model_drifted_inputs") or 0),
            loss_ratio=samples.value("pedalcast_model_loss_ratio"),
        )

    def _not_ready(self) -> dict[str, str]:
        return {name: problem for name, problem in self.context.readiness.run().items() if problem is not None}


def _by_reason(counters: dict[str, int], prefix: str) -> dict[str, int]:
    named = ((name.partition(":"), count) for name, count in counters.items())
    return {reason: count for (kind, _, reason), count in named if kind == prefix and reason}


def _cycle_part(samples: MetricSamples, part: str) -> CyclePart | None:
    count = samples.value(f"{_CYCLE}_count", part=part)
    if not count:
        return None
    seconds = samples.value(f"{_CYCLE}_sum", part=part) or 0.0
    return CyclePart(count=int(count), mean=seconds / count, p95=samples.quantile(_CYCLE, 0.95, part=part))


def _workers(samples: MetricSamples) -> dict[str, WorkerHealth]:
    late, restarts = (samples.by_label(_WORKER + name, "worker") for name in ("late", "restarts_total"))
    return {
        name: WorkerHealth(
            round_age=age,
            late=bool(late.get(name)),
            restarts=int(restarts.get(name, 0)),
            failures=samples.counts(_WORKER + "failures_total", "error", worker=name),
        )
        for name, age in samples.by_label(_WORKER + "round_age_seconds", "worker").items()
    }


def _means(rows: list[VerificationRow]) -> dict[int, Means]:
    return {horizon: asdict(scores) for horizon, scores in matured.summarise_rows(rows).items()}


def _by_hour(rows: list[VerificationRow], zone: ZoneInfo) -> dict[int, dict[int, Means]]:
    """Scores by horizon and hour of day in the city."""
    by_hour: dict[int, list[VerificationRow]] = defaultdict(list)
    for row in rows:
        by_hour[row.target_at.astimezone(zone).hour].append(row)
    scores: dict[int, dict[int, Means]] = defaultdict(dict)
    for hour in sorted(by_hour):
        for horizon, means in _means(by_hour[hour]).items():
            scores[horizon][hour] = means
    return dict(scores)
