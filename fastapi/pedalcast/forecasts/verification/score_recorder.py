"""Scores of verified forecasts, as metrics and in the object store."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, Counter, Gauge

from forecaster.objects import ObjectStore
from forecaster.verification.matured import VerificationRow, append
from pedalcast.forecasts.verification.matched_forecast import MatchedForecast, score
from pedalcast.kit.runtime.background_worker import BackgroundWorker, Backoff

KEPT_ROWS = 20_000  # while the object store is away: some weeks
FLUSH_EVERY_S = 60.0
AFTER_S = 0.5  # nobody waits for scores: what answers riders with the new run is made first
RETRY = Backoff(first_s=1.0, longest_s=30.0)
RECENT = 288  # polls that the lift shown is reckoned over: a day
_KINDS = ("absolute", "squared", "crps", "brier_empty", "brier_full")


class VerificationMetrics:
    """Matured error beside persistence's, by horizon and local hour of day."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["horizon", "hour"]
        self._count = Counter("pedalcast_matured_total", "Forecasts matched", labels, registry=registry)
        self._covered = Counter(
            "pedalcast_matured_covered_total", "Those that fell into their interval", labels, registry=registry
        )
        self._score = Counter(
            "pedalcast_matured_score_total",
            "Sums of errors: divide by pedalcast_matured_total",
            [*labels, "score", "by"],
            registry=registry,
        )
        self._missed = Counter(
            "pedalcast_matured_missed_total", "Runs no poll was near enough to judge", ["horizon"], registry=registry
        )
        self._lift = Gauge(
            "pedalcast_matured_lift", "Share of persistence's error saved over a day", ["horizon"], registry=registry
        )
        self._recent: dict[int, deque[tuple[float, float]]] = {}

    def missed(self, minutes: int) -> None:
        """A run's horizon could not be judged."""
        self._missed.labels(minutes).inc()

    def add(self, row: VerificationRow, timezone: str) -> None:
        """Count an outcome in the hour, local to the city, that was forecast."""
        where = (str(row.horizon), str(row.target_at.astimezone(ZoneInfo(timezone)).hour))
        self._count.labels(*where).inc(row.count)
        self._covered.labels(*where).inc(row.covered)
        for kind in _KINDS:
            self._score.labels(*where, kind, "model").inc(getattr(row, kind))
            self._score.labels(*where, kind, "persistence").inc(getattr(row, f"last_{kind}"))
        recent = self._recent.setdefault(row.horizon, deque(maxlen=RECENT))
        recent.append((row.absolute, row.last_absolute))
        model_error, last_error = (sum(errors) for errors in zip(*recent, strict=True))
        self._lift.labels(where[0]).set(1 - model_error / last_error if last_error else float("nan"))


class ScoreRecorder:
    """Scores outcomes and keeps the scores in the object store, from a thread of its own: neither the arithmetic nor a
    slow store delays a forecast."""

    def __init__(self, objects: ObjectStore, metrics: VerificationMetrics, timezone: Callable[[], str]) -> None:
        self._objects = objects
        self._metrics = metrics
        self._timezone = timezone
        self._outcomes: deque[MatchedForecast] = deque()
        self._rows: deque[VerificationRow] = deque(maxlen=KEPT_ROWS)
        self.worker = BackgroundWorker(
            "score-recorder", self.flush, every_s=FLUSH_EVERY_S, backoff=RETRY, on_stop=self.flush
        )

    def matured(self, outcomes: Sequence[MatchedForecast]) -> None:
        """Queue forecasts that have been matched, to be scored."""
        self._outcomes.extend(outcomes)
        self.worker.wake()

    def flush(self) -> None:
        """Score what has matured and write the scores. Raises `ObjectError`; the rows stay for the next time."""
        if self._outcomes:
            self.worker.stopping.wait(AFTER_S)
        self._score()
        rows = list(self._rows)
        append(self._objects, rows)
        for _ in rows:
            self._rows.popleft()

    def _score(self) -> None:
        while self._outcomes:
            row = score(self._outcomes.popleft())
            self._metrics.add(row, self._timezone())
            self._rows.append(row)
