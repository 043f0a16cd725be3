"""Metrics of the forecast loop."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from collector.clocks import Clock
from pedalcast.forecasts.forecast_run import ForecastRun, RunTrigger
from pedalcast.forecasts.prediction.models import PERSISTENCE
from pedalcast.forecasts.served_run import ServedRunHolder

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class ForecastMetrics:
    """Counters and gauges of the runs made and served here."""

    def __init__(self, registry: CollectorRegistry, board: ServedRunHolder, clock: Clock) -> None:
        self.part = Histogram(
            "pedalcast_cycle_seconds", "Seconds a cycle's part took", ["part"], buckets=BUCKETS, registry=registry
        )
        self.runs = Counter(
            "pedalcast_forecast_runs_total", "Runs made here, by model kind", ["kind"], registry=registry
        )
        self.failures = Counter(
            "pedalcast_model_failures_total", "Runs that fell back to persistence", ["reason"], registry=registry
        )
        self._triggers = Counter(
            "pedalcast_forecast_runs_by_trigger_total", "Runs made here, by trigger", ["trigger"], registry=registry
        )
        for trigger in RunTrigger:
            self._triggers.labels(trigger)
        self._errors = Counter(
            "pedalcast_forecast_loop_errors_total", "Turns of the loop that failed", ["reason"], registry=registry
        )
        self._troubles = Counter(  # the name before this version
            "pedalcast_forecast_loop_troubles_total", "See pedalcast_forecast_loop_errors_total", ["reason"],
            registry=registry,
        )  # fmt: skip
        self.polls_ahead = Counter(
            "pedalcast_forecast_polls_ahead_total", "Polls taken in that lay in the future", registry=registry
        )
        self.leader = Gauge("pedalcast_forecast_leader", "1 where this replica forecasts", registry=registry)
        self.model = Gauge("pedalcast_model_info", "The model in use", ["version"], registry=registry)
        self.stations = Gauge("pedalcast_forecast_stations", "Stations in the run served", registry=registry)
        self.stations.set_function(lambda: 0 if board.posted is None else len(board.posted.index))
        age = Gauge("pedalcast_forecast_age_seconds", "Age of the run served", registry=registry)
        age.set_function(lambda: _age(board, clock, "made_at"))
        observed = Gauge("pedalcast_forecast_observation_age_seconds", "Age of its newest poll", registry=registry)
        observed.set_function(lambda: _age(board, clock, "observed_at"))

    def loop_failed(self, reason: str) -> None:
        """Count a turn of the loop that failed."""
        self._errors.labels(reason).inc()
        self._troubles.labels(reason).inc()

    def ran(self, run: ForecastRun, trigger: RunTrigger) -> None:
        """Count a run."""
        self._triggers.labels(trigger).inc()
        for part in ("read", "features", "predict", "write", "total"):
            self.part.labels(part).observe(getattr(run.timings, part))
        self.runs.labels("persistence" if run.info.model == PERSISTENCE else "model").inc()

    def uses(self, version: str) -> None:
        """Name the model in use."""
        self.model.clear()
        self.model.labels(version).set(1)


def _age(board: ServedRunHolder, clock: Clock, since: str) -> float:
    if board.posted is None:
        return float("nan")
    moment: int = getattr(board.posted.info, since)
    return clock.now().timestamp() - moment
