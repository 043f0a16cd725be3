"""`python -m bench.long_history --days 365`: what reading a long history for training takes, alone and on two workers.

The history is generated into a folder and read twice, each time by a fresh process: by the process alone, and by two
workers of Dask that may have 4 GiB each. Both must have drawn the same rows.
"""

from __future__ import annotations

import hashlib
import json
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import typer

from bench.sample_data.synthetic_city import START, SYSTEM, SyntheticCity
from collector.snapshot import POLL_SECONDS
from forecaster.history import History, SystemRecord
from forecaster.history.file_schema import STATIONS, STATUS, TIME
from forecaster.objects import open_objects
from forecaster.training.dask_days import DaskDays
from forecaster.training.sampling import Sample
from forecaster.training.trainer import TrainingSet, collect_training_set

WORKERS, WORKER_MEMORY = 2, "4GiB"
POLLS = 86_400 // POLL_SECONDS  # a day
SUMS = ("amount", "flow_hours", "level_hours", "total", "most", "rows", "polls")
RESULTS = Path(__file__).with_name("long_history.json")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one way of reading took: `job_mb` is the peak of the process that trains, `worker_mb` of the largest worker.

    `digest` is of the rows and of the profile's sums.
    """

    seconds: float
    job_mb: float
    worker_mb: float
    rows: int
    digest: str


def generate(folder: Path, stations: int, days: int) -> None:
    """Write a city's days into a history."""
    history = History(open_objects(folder))
    history.set_system(SystemRecord(SYSTEM.id, SYSTEM.name, SYSTEM.timezone, "KR"))
    city = SyntheticCity.of(stations, POLLS * days)
    for day in range(days):
        history.write(_rows(city, day))
    last = START + timedelta(days=days)
    columns = {
        "station_id": city.ids, "name": city.ids, "names": ["{}"] * stations, "lat": city.lat, "lon": city.lon,
        "capacity": city.capacity, "first_seen": [START] * stations, "last_seen": [last] * stations,
    }  # fmt: skip
    history.update_table(pl.DataFrame(columns, STATIONS))


def _rows(city: SyntheticCity, day: int) -> pl.DataFrame:
    """A day of every station (columns of `STATUS`)."""
    bikes, count = city.bikes[day * POLLS : (day + 1) * POLLS], len(city.capacity)
    first_ms = int((city.start + timedelta(days=day)).timestamp()) * 1000
    times = first_ms + 1000 * POLL_SECONDS * np.arange(POLLS)
    columns = {
        "ts": pl.Series(np.repeat(times, count)).cast(TIME),
        "station_id": np.tile(np.array(city.ids), POLLS),
        "bikes": bikes.ravel(),
        "docks": (city.capacity - bikes).ravel(),
        "capacity": np.tile(city.capacity, POLLS),
    }
    frame = pl.DataFrame(columns)
    states = [pl.lit(value=True).alias(name) for name in ("is_installed", "is_renting", "is_returning")]
    return frame.with_columns(pl.lit(None).alias("ebikes"), *states).select(STATUS.names()).cast(STATUS)


def alone(folder: Path) -> Reading:
    """Read by this process."""
    began = time.perf_counter()
    learned = collect_training_set(History(open_objects(folder)))
    return _reading(learned, time.perf_counter() - began, 0.0)


def on_workers(folder: Path) -> Reading:
    """Read by a cluster's workers, which end at their limit of memory."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 (optional: requirements/cluster.txt)

    options = {"n_workers": WORKERS, "threads_per_worker": 1, "memory_limit": WORKER_MEMORY}
    with LocalCluster(**options, host="127.0.0.1", dashboard_address=None) as cluster, Client(cluster) as client:
        began = time.perf_counter()
        learned = collect_training_set(
            History(open_objects(folder)), cluster=DaskDays(client, str(folder), endpoint_url=None)
        )
        seconds = time.perf_counter() - began
        return _reading(learned, seconds, max(client.run(_peak_mb).values()))


def _reading(learned: TrainingSet, seconds: float, worker_mb: float) -> Reading:
    digest = hashlib.sha256()
    arrays = [getattr(learned.sample, name) for name in Sample.__slots__]
    for array in (*arrays, *(getattr(learned.sums, name) for name in SUMS)):
        digest.update(np.ascontiguousarray(array).tobytes())
    return Reading(seconds, _peak_mb(), worker_mb, len(learned.sample), digest.hexdigest())


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _in_a_process(work: Callable[..., Reading | None], *arguments: object) -> Reading | None:
    """The work in a process of its own, whose peak of memory is its own too."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def main(
    *,
    days: Annotated[int, typer.Option(min=2)] = 365,
    stations: Annotated[int, typer.Option(min=1)] = 3_000,
    results: Annotated[Path, typer.Option(help="where the figures go")] = RESULTS,
) -> None:
    """Measure, print, write; the exit code is 1 where the rows differ."""
    with tempfile.TemporaryDirectory(prefix="long-history-") as name:
        folder = Path(name) / "objects"
        began = time.perf_counter()
        _in_a_process(generate, folder, stations, days)
        typer.echo(f"{days} days of {stations} stations generated in {time.perf_counter() - began:.0f} s")
        readings = {way.__name__: _in_a_process(way, folder) for way in (alone, on_workers)}
    figures = {way: asdict(reading) for way, reading in readings.items() if reading is not None}
    results.write_text(json.dumps({"days": days, "stations": stations, **figures}, indent=2) + "\n")
    typer.echo(results.read_text())
    if len({figure["digest"] for figure in figures.values()}) != 1:
        typer.echo("the rows differ", err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
