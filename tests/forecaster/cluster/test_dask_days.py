"""Two workers of Dask learn from the same rows as the process alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from distributed import Client, LocalCluster

from forecaster.history import History
from forecaster.model.boosting import Boosting, ignore_progress
from forecaster.registry.registry import Registry
from forecaster.retraining.model_build import Recipe
from forecaster.retraining.retrain import train_and_judge
from forecaster.training.dask_days import ClusterError, DaskDays, open_cluster
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import Sample
from forecaster.training.trainer import TrainingSet, collect_training_set

pytestmark = pytest.mark.filterwarnings("ignore")  # of the cluster's own start and end


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two workers."""
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def cluster(scheduler: str, tmp_path: Path) -> Iterator[DaskDays]:
    """The two workers, reading the folder that `stored_city` writes."""
    with open_cluster(scheduler, str(tmp_path / "city"), None) as opened:
        yield opened


def assert_equal(here: TrainingSet, there: TrainingSet) -> None:
    for name in Sample.__slots__:
        np.testing.assert_array_equal(getattr(here.sample, name), getattr(there.sample, name))
    for name in ("amount", "flow_hours", "level_hours", "total", "most", "rows", "polls"):
        np.testing.assert_array_equal(getattr(here.sums, name), getattr(there.sums, name))


@pytest.mark.parametrize("week_ago", [False, True])
def test_rows_and_sums_are_the_same(stored_city: Callable[..., History], cluster: DaskDays, week_ago: bool) -> None:
    history = stored_city(17, count=8)
    options = {"horizons": (10, 60), "sample_rows": 6_000, "seed": 3, "week_ago": week_ago}

    here = collect_training_set(history, **options)
    there = collect_training_set(history, **options, cluster=cluster)

    assert len(here.sample) > 4_000
    assert_equal(here, there)


def test_a_model_is_the_same(stored_city: Callable[..., History], cluster: DaskDays) -> None:
    history = stored_city(4)
    recipe = Recipe(horizons=(10, 30), sample_rows=4_000, boosting=Boosting(rounds=10, leaves=7))
    registry = Registry(history.objects)

    here, verdict, _ = train_and_judge(history, registry, recipe, on_progress=ignore_progress)
    there, same, _ = train_and_judge(history, registry, replace(recipe, cluster=cluster), on_progress=ignore_progress)

    assert there.files == here.files
    assert same.gain == verdict.gain


def test_both_workers_read(stored_city: Callable[..., History], cluster: DaskDays, scheduler: str) -> None:
    history = stored_city(6, count=4)
    first, last = history.span() or pytest.fail("no span")

    processes = set(cluster.map_days(process_of, first, last, None))

    with Client(scheduler) as client:
        assert processes == set(client.run(process_of, None, None, None, None).values())
    assert len(processes) == 2


def test_a_day_that_fails_tells_why(stored_city: Callable[..., History], cluster: DaskDays) -> None:
    first, last = stored_city(2, count=4).span() or pytest.fail("no span")

    with pytest.raises(ZeroDivisionError):
        list(cluster.map_days(fail, first, last, 0))


def test_no_scheduler_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecaster.training.dask_days.CONNECT_S", 1)
    with (
        pytest.raises(ClusterError, match=r"RETRAIN_CLUSTER: tcp://127.0.0.1:9 cannot be used"),
        open_cluster("tcp://127.0.0.1:9", "nowhere", None),
    ):
        pass


def process_of(_history: HistorySource, _start: datetime, _end: datetime, _shared: object) -> int:
    """The process that does the work, after a moment in which the other one takes a day too."""
    import os
    import time

    time.sleep(0.2)
    return os.getpid()


def fail(_history: HistorySource, _start: datetime, _end: datetime, shared: int) -> float:
    return 1 / shared
