"""The workers of an application, watched."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry

from pedalcast.kit.runtime.background_worker import BackgroundWorker, Backoff
from pedalcast.kit.runtime.worker_group import WorkerGroup

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
Eventually = Callable[[Callable[[], bool]], None]


def test_restarts_a_worker_whose_thread_has_died(eventually: Eventually) -> None:
    rounds: list[int] = []

    def die_once() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise SystemExit

    registry = CollectorRegistry()
    group = WorkerGroup(registry, watch_every_s=0.02)
    worker = BackgroundWorker("mortal", die_once, every_s=0.01)
    with group.running():
        group.start(worker)
        eventually(lambda: len(rounds) > 2)
    assert worker.stop(30)
    assert registry.get_sample_value("pedalcast_worker_restarts_total", {"worker": "mortal"}) == 1


def test_waits_longer_before_each_restart(eventually: Eventually) -> None:
    group = WorkerGroup(CollectorRegistry(), watch_every_s=1.0)  # watched by hand below

    def die() -> None:
        raise SystemExit

    group.start(worker := BackgroundWorker("mortal", die))
    watches = []
    for _ in range(3):
        eventually(lambda: worker.is_dead)
        watches.append(0)
        thread = worker.thread
        while worker.thread is thread:
            group.restart_dead()
            watches[-1] += 1
    assert watches == [1, 1, 2]  # seconds, one a watch
    eventually(lambda: worker.is_dead)


def test_tells_which_worker_is_late_and_since_when(eventually: Eventually) -> None:
    registry = CollectorRegistry()
    group = WorkerGroup(registry)
    release = threading.Event()
    stuck = BackgroundWorker("stuck", release.wait, late_after_s=0.05)
    failing = BackgroundWorker("failing", lambda: 1 // 0, backoff=Backoff(0.01, 0.01))
    group.start(stuck)
    group.start(failing)
    eventually(lambda: "stuck: no round completed" in (group.problem() or ""))
    assert "failing" not in (group.problem() or "")
    late = "pedalcast_worker_late"
    assert registry.get_sample_value(late, {"worker": "stuck"}) == 1
    assert registry.get_sample_value(late, {"worker": "failing"}) == 0
    age = registry.get_sample_value("pedalcast_worker_round_age_seconds", {"worker": "stuck"})
    assert age is not None
    assert age > 0
    failed = "pedalcast_worker_failures_total", {"worker": "failing", "error": "ZeroDivisionError"}
    eventually(lambda: (registry.get_sample_value(*failed) or 0) > 0)
    release.set()
    assert stuck.stop(30)
    assert failing.stop(30)
    eventually(lambda: group.problem() is None)
