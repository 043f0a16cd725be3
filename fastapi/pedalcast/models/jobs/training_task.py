"""The work of a retraining job: an order becomes a recipe, the recipe a version, and what came of it a result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis
import structlog

from forecaster.history import History
from forecaster.model.boosting import Boosting
from forecaster.model.engines import EngineChoice, EngineMissingError, default_engine
from forecaster.objects import ObjectConflict, ObjectError, open_objects
from forecaster.registry.bundle import BadBundle, Bundle
from forecaster.registry.registry import NO_MODEL, Registry
from forecaster.retraining.model_build import Recipe
from forecaster.retraining.model_candidates import packaged_model
from forecaster.retraining.promotion import PromotionDecision
from forecaster.retraining.retrain import store_version, train_and_judge
from forecaster.training.dask_days import ClusterError, open_cluster
from forecaster.training.day_cluster import DayCluster
from forecaster.training.trainer import HORIZONS
from pedalcast.models.champion_events import ChampionChange
from pedalcast.models.jobs.job_heartbeat import Heartbeat
from pedalcast.models.jobs.repository import JobRepository
from pedalcast.models.jobs.retrain_request import JobSpec, RetrainRequest
from pedalcast.models.mlflow_export.tracking import MlflowTracking

FAILED = 1  # exit code
log = structlog.get_logger(__name__)

ReportStage = Callable[[str, float], None]

# What a stage's first and second round (the trial, then the version) take of the whole.
WEIGHTS = {"reading history": 0.1, "drawing rows": 0.15, "growing trees": 0.2, "judging": 0.1}
_ONCE = sum(weight for stage, weight in WEIGHTS.items() if stage != "judging")


class RetrainingError(Exception):
    """A retraining cannot be done; `code` is for programs, the message one line for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """What came of a retraining: the champion `before` and after it. A dry run adds no version."""

    bundle: Bundle
    verdict: PromotionDecision
    before: str | None
    champion: str | None
    registered: bool
    promoted: bool

    def to_json(self) -> dict[str, Any]:
        """As the job shows it."""
        manifest, verdict = self.bundle.manifest, self.verdict
        return {
            "version": manifest.id if self.registered else None,
            "better": verdict.better,
            "promoted": self.promoted,
            "reason": verdict.reason,
            "champion": self.champion,
            "gain": verdict.gain,
            "candidate": verdict.chosen,
            "engine": manifest.engine,
            "horizons": manifest.horizons,
            "data": None if manifest.data is None else {"start": manifest.data.start, "end": manifest.data.end},
            "scores": verdict.scores,
        }


class OverallProgress:
    """Makes the share of a stage the share of the whole: stages come once for the trial, once for the version; without
    a trial `once`."""

    def __init__(self, tell: ReportStage, *, once: bool = False) -> None:
        self._tell = tell
        self._weights = {stage: weight / _ONCE for stage, weight in WEIGHTS.items()} if once else WEIGHTS
        self._stage = ""
        self._before = self._share = 0.0

    def __call__(self, stage: str, share: float) -> None:
        """A stage is so far."""
        if stage != self._stage:
            self._before += self._weights.get(self._stage, 0.0)
            self._stage = stage
        self._share = min(max(self._share, self._before + self._weights.get(stage, 0.0) * share), 0.99)
        self._tell(stage, self._share)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingTask:
    """Trains and decides. `engine`, `longest` (history to train on at most) and `threads` are the service's own.

    The `first` model is made from few rows of a short history. With the `general` model it is the best of three
    candidates; without it, where the last value is what forecasts, it is made at once and not judged.
    """

    history: History
    registry: Registry
    engine: EngineChoice
    longest: timedelta
    threads: int
    first: bool = False
    general: bool = False
    cluster: DayCluster | None = None

    def run(
        self, order: RetrainRequest, tell: ReportStage, undisturbed: Callable[[], AbstractContextManager[None]]
    ) -> TrainingOutcome:
        """Train, judge and, unless it is a dry run, keep and promote. Only the latter runs `undisturbed`.

        Raises `RetrainingError`, `BadBundle`, and the store's `ObjectError`s, `Conflict` when another version has
        become champion meanwhile.
        """
        recipe = self.recipe(order)
        try:
            judge = not self.first or len(recipe.candidates) > 1
            progress = OverallProgress(tell, once=not judge)
            bundle, verdict, incumbent = train_and_judge(
                self.history, self.registry, recipe, judge=judge, on_progress=progress
            )  # fmt: skip
        except EngineMissingError as error:
            raise RetrainingError("engine_missing", f"{error}.") from error
        except ValueError as error:
            raise RetrainingError("nothing_to_learn", f"{error}".capitalize() + ".") from error
        if order.dry_run:
            return TrainingOutcome(
                bundle, verdict, incumbent.version, incumbent.version, registered=False, promoted=False
            )
        with undisturbed():
            champion = store_version(self.registry, bundle, incumbent, promote=verdict.better)
        after = champion.version if champion else None
        return TrainingOutcome(bundle, verdict, incumbent.version, after, registered=True, promoted=verdict.better)

    def recipe(self, order: RetrainRequest) -> Recipe:
        """How the ordered model is to be made."""
        span = self.history.span()
        if span is None:
            raise RetrainingError("no_history", "There is no history to learn from yet.")
        start, end = order.window(span, self.longest)
        if start >= end:
            raise RetrainingError("no_history", f"History reaches from {span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}.")
        return Recipe(
            engine=order.engine or (default_engine(self.engine) if self.first else self.engine),
            horizons=order.horizons or HORIZONS,
            start=start,
            end=end,
            quick=self.first,
            boosting=Boosting(threads=self.threads),
            general=packaged_model() if self.general else None,
            cluster=self.cluster,
        )


def run_job(spec: JobSpec, client: redis.Redis, jobs: JobRepository, heartbeat: Heartbeat) -> int:
    """Retrain as the spec says, and end the job; the exit code."""
    objects = open_objects(spec.objects_url, endpoint_url=spec.s3_endpoint_url)
    try:
        with _cluster(spec) as cluster:
            task = TrainingTask(
                history=History(objects),
                registry=Registry(objects),
                engine=spec.engine,
                longest=spec.longest,
                threads=spec.threads,
                first=spec.first,
                general=spec.general,
                cluster=cluster,
            )
            outcome = task.run(spec.order, heartbeat.progress, heartbeat.undisturbed)
    except (RetrainingError, BadBundle, ObjectError) as error:
        jobs.fail(spec.job, _code(error), str(error))
        return FAILED
    with heartbeat.undisturbed():
        _succeed(spec.job, outcome, client, jobs)
        if spec.tracking is not None:
            _track(spec.tracking, spec.job, outcome)
    return 0


@contextmanager
def _cluster(spec: JobSpec) -> Iterator[DayCluster | None]:
    """The cluster that the spec names; a first model, which is made of little, needs none."""
    if spec.cluster is None or spec.first:
        yield None
        return
    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(open_cluster(spec.cluster, spec.objects_url, spec.s3_endpoint_url))
        except ClusterError as error:
            raise RetrainingError("cluster_unavailable", f"{error}.") from error
        yield cluster


def _succeed(job_id: str, outcome: TrainingOutcome, client: redis.Redis, jobs: JobRepository) -> None:
    jobs.finish(job_id, "succeeded", percent=100.0, message=outcome.verdict.reason, result=outcome.to_json())
    if outcome.promoted:
        ChampionChange(outcome.bundle.manifest.id, outcome.before or NO_MODEL, outcome.verdict.reason).publish(client)


def _track(tracking: MlflowTracking, job: str, outcome: TrainingOutcome) -> None:
    """Tell MLflow; a server that is away or refuses costs its record, and nothing else."""
    try:
        run = tracking.record(job, outcome)
    except Exception as error:  # noqa: BLE001 (whatever the client raises; its message may hold the address)
        log.warning("the retraining is not in MLflow", job=job, error=type(error).__name__)
    else:
        log.info("the retraining is in MLflow", job=job, run=run)


def _code(error: RetrainingError | BadBundle | ObjectError) -> str:
    if isinstance(error, RetrainingError):
        return error.code
    if isinstance(error, ObjectConflict):
        return "champion_changed"
    return "model_unusable" if isinstance(error, BadBundle) else "store_unavailable"
