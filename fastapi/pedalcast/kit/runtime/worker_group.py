"""The workers of an application: watched, restarted where their thread has died, reported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from pedalcast.kit.runtime.background_worker import BackgroundWorker, Backoff

WATCH_EVERY_S = 1.0
RESTART = Backoff(first_s=1.0, longest_s=60.0)
PREFIX = "pedalcast_worker_"
log = structlog.get_logger(__name__)


class WorkerGroup(Collector):
    """Starts workers, restarts the dead with exponential backoff, and exports their ages, failures and restarts."""

    def __init__(self, registry: CollectorRegistry, *, watch_every_s: float = WATCH_EVERY_S) -> None:
        self._workers: dict[str, BackgroundWorker] = {}
        self._restarts: dict[str, int] = {}
        self._skipped: dict[str, float] = {}  # seconds that a dead worker still waits
        self._every_s = watch_every_s
        self._watch = BackgroundWorker("worker-watch", self.restart_dead, every_s=watch_every_s)
        registry.register(self)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Watch the workers while the block runs."""
        self._watch.start()
        try:
            yield
        finally:
            self._watch.stop()

    def start(self, worker: BackgroundWorker) -> None:
        """Start a worker and watch it from now on; one of the same name is replaced."""
        self._workers[worker.name] = worker
        worker.start()

    def problem(self) -> str | None:
        """Which workers are late and why, None where none is. For `/ready`."""
        late = {name: worker.problem for name, worker in self._workers.items()}
        return "; ".join(f"{name}: {problem}" for name, problem in late.items() if problem) or None

    def restart_dead(self) -> None:
        """Restart the workers whose thread has died, each after a wait that doubles with every restart."""
        for name, worker in list(self._workers.items()):
            if worker.is_dead and not worker.stopping.is_set():
                self._restart(name, worker)

    def _restart(self, name: str, worker: BackgroundWorker) -> None:
        restarts = self._restarts.get(name, 0)
        wait_s = self._skipped.get(name, RESTART.delay_s(restarts) if restarts else 0.0) - self._every_s
        self._skipped[name] = wait_s
        if wait_s > 0:
            return
        del self._skipped[name]
        self._restarts[name] = restarts + 1
        log.error("worker thread died, restarted", worker=name, restarts=restarts + 1)
        worker.start()

    def collect(self) -> Iterator[Metric]:
        """The metrics of all workers, by name."""
        age = GaugeMetricFamily(PREFIX + "round_age_seconds", "Since a round was completed", labels=["worker"])
        late = GaugeMetricFamily(PREFIX + "late", "1 while no round was completed in time", labels=["worker"])
        failures = CounterMetricFamily(PREFIX + "failures", "Rounds that failed", labels=["worker", "error"])
        restarts = CounterMetricFamily(PREFIX + "restarts", "Threads that died and were restarted", labels=["worker"])
        for name, worker in list(self._workers.items()):
            age.add_metric([name], worker.round_age_s)
            late.add_metric([name], float(worker.problem is not None))
            restarts.add_metric([name], self._restarts.get(name, 0))
            for error, count in list(worker.failures.items()):
                failures.add_metric([name, error], count)
        yield from (age, late, failures, restarts)
