"""What must hold, judged from what was watched."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import orjson
import polars as pl

from bench.soak.watch import AgeReading, MemoryReading

GROWTH_MB_AN_HOUR = 10.0
WARM_UP_S = 600.0  # memory is judged after that much of a process' life


@dataclass(frozen=True, slots=True)
class FaultSpan:
    """When a fault began, ended, and counts as over, in seconds since the soak began."""

    name: str
    began: float
    ended: float
    over: float
    may_lose_polls: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise, whether it was kept, and the figures."""

    name: str
    kept: bool
    figures: str


def fresh_forecasts(ages: Sequence[AgeReading], spans: Sequence[FaultSpan], poll_s: float) -> Promise:
    """No forecast is older than one poll and a second, from one poll and a second after a fault is over.

    The poll after a fault is the first that can end it, so as much time passes before the ages are judged.
    """
    limit = poll_s + 1.0
    calm = [reading for reading in ages if not any(span.began <= reading.at <= span.over + limit for span in spans)]
    late = [reading for reading in calm if reading.age is None or reading.age > limit]
    oldest = max((reading.age for reading in calm if reading.age is not None), default=float("nan"))
    silent = sum(reading.age is None for reading in late)
    worst = f"; the first at {late[0].at:.0f} s" if late else ""
    return Promise(
        f"no forecast older than one poll + 1 s ({limit:.1f} s) once a fault is over",
        bool(calm) and not late,
        f"{len(calm)} readings outside faults, oldest {oldest:.2f} s, {len(late)} too old or missing "
        f"({silent} without an answer){worst}",
    )


def nothing_lost(
    polls_file: Path,
    rows: pl.DataFrame,
    spans: Sequence[FaultSpan],
    clock_at: dict[str, float],
    switches: Sequence[float] = (),
) -> Promise:
    """Every poll that Redis acknowledged is in the history, but those written just before a failover.

    `clock_at`: when each published poll was observed (ISO 8601), and when it was acknowledged, in seconds since the
    start. `switches`: when another primary took over, in the same seconds; a fault may end before that.
    """
    archived = {moment.isoformat() for moment in rows.get_column("ts").unique()}
    missing = [observed_at for observed_at in clock_at if observed_at not in archived]
    unsafe = [(span.began, span.over) for span in spans if span.may_lose_polls] + [(at, at) for at in switches]
    excused = [w for w in missing if any(began - 2 <= clock_at[w] <= over for began, over in unsafe)]
    tried = len(polls_file.read_bytes().splitlines())
    return Promise(
        "no archived poll is lost, but one written just before a failover",
        bool(clock_at) and len(missing) == len(excused),
        f"{tried} polls tried, {len(clock_at)} published, {len(missing)} not archived, "
        f"{len(excused)} of them written just before a failover"
        + "".join(f"; lost: the poll acknowledged at {clock_at[w]:.0f} s" for w in missing if w not in excused),
    )


def nothing_doubled(rows: pl.DataFrame) -> Promise:
    """No station has two rows of one observation."""
    doubled = rows.height - rows.unique(["ts", "station_id"]).height
    return Promise(
        "no archived row is doubled", rows.height > 0 and doubled == 0, f"{rows.height} rows, {doubled} doubled"
    )


def same_threads(before: dict[str, list[str]], after: dict[str, list[str]]) -> Promise:
    """Each replica has the threads after the faults that it had before, pools' workers aside."""
    differences = []
    for name, threads in before.items():
        gone = Counter(map(_kind, threads)) - Counter(map(_kind, after[name]))
        new = Counter(map(_kind, after[name])) - Counter(map(_kind, threads))
        differences += [f"{name}: {kind} gone" for kind in gone if kind != "pool"]
        differences += [f"{name}: {kind} new" for kind in new if kind != "pool"]
    figures = "; ".join(differences) or ", ".join(f"{name}: {len(threads)}" for name, threads in after.items())
    return Promise("the same threads are alive after as before", not differences, figures)


def steady_memory(readings: Sequence[MemoryReading]) -> Promise:
    """Resident memory grows by less than 10 MB an hour after the first ten minutes of a process' life.

    One slope for all lives, each with a level of its own (ordinary least squares within lives).
    """
    lives: dict[int, list[MemoryReading]] = defaultdict(list)
    for reading in readings:
        if reading.lived > WARM_UP_S:
            lives[reading.pid].append(reading)
    hours, megabytes = [], []
    for life in lives.values():
        x = np.array([reading.lived / 3600 for reading in life])
        y = np.array([reading.megabytes for reading in life])
        hours.append(x - x.mean())
        megabytes.append(y - y.mean())
    name = f"resident memory grows by less than {GROWTH_MB_AN_HOUR:g} MB an hour after ten minutes"
    most = max((reading.megabytes for reading in readings), default=float("nan"))
    if not hours or sum(len(x) for x in hours) < 20:
        return Promise(
            name, kept=True, figures=f"not judged: no process lived for more than ten minutes; at most {most:.0f} MB"
        )
    x, y = np.concatenate(hours), np.concatenate(megabytes)
    slope = float(x @ y / (x @ x))
    return Promise(
        name, slope < GROWTH_MB_AN_HOUR, f"{slope:+.1f} MB an hour over {len(lives)} lives; at most {most:.0f} MB"
    )


def archived_rows(objects: Path) -> pl.DataFrame:
    """Every row of the history in a folder: `ts` (UTC) and `station_id`, doubled ones too."""
    files = sorted(objects.glob("history/date=*/hour=*/status.parquet"))
    return pl.concat([pl.read_parquet(file, columns=["ts", "station_id"]) for file in files])


def published_polls(polls_file: Path, began: datetime, speed: float) -> dict[str, float]:
    """When each published poll was observed (ISO 8601), and when it was acknowledged, in seconds since `began`."""
    polls: dict[str, float] = {}
    for line in polls_file.read_bytes().splitlines():
        record = orjson.loads(line)
        if record["status"] == "published":
            at = datetime.fromisoformat(record["acknowledged"])
            polls[datetime.fromisoformat(record["observed_at"]).replace(microsecond=0).isoformat()] = (
                at - began
            ).total_seconds() / speed
    return polls


def _kind(name: str) -> str:
    """A thread's name without its number; workers of pools, which come and go with the load, are all alike.

    So is the thread of the model, which a replica starts with its first run.
    """
    pools = ("AnyIO", "ThreadPoolExecutor", "asyncio_", "history_", "leg", "uvloop", "pool", "chat-startup", "model")
    return "pool" if name.startswith(pools) else name.rstrip("0123456789-_")
