"""`python -m bench.soak [--minutes 60] [--seed N] [--page soak.html]`: exit code 1 when a promise was broken."""

from __future__ import annotations

import random
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import redis
import typer

from bench.soak.faults import FAULTS, Fault, Surroundings
from bench.soak.feed_server import FeedServer
from bench.soak.page import to_page
from bench.soak.processes import Processes
from bench.soak.promises import (
    FaultSpan,
    Promise,
    archived_rows,
    fresh_forecasts,
    nothing_doubled,
    nothing_lost,
    published_polls,
    same_threads,
    steady_memory,
)
from bench.soak.shared_clock import SharedClock
from bench.soak.watch import Watch
from bench.support.redis_group import RedisGroup
from bench.support.servers import wait_until
from collector.snapshot import POLL_SECONDS
from collector.storage.snapshot_store import STREAM

ARCHIVE_S = 120.0  # the archiver's longest pause after failures, twice
CALM_S = 15.0  # before the first fault and after the last one


def main(
    *,
    minutes: Annotated[float, typer.Option(min=1, help="how long, all in all")] = 60.0,
    seed: Annotated[int | None, typer.Option(help="order of the faults (default: drawn, and printed)")] = None,
    speed: Annotated[float, typer.Option(min=1, help="times faster than real time")] = 60.0,
    page: Annotated[Path, typer.Option(help="where the report goes")] = Path("bench/soak.html"),
) -> None:
    """Run two replicas, a collector, Redis with a Sentinel and a feed; injure them; say whether the promises held."""
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    print(f"soak: {minutes:g} minutes at speed {speed:g}, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        try:
            spans, watch, promises = _soak(Path(folder), minutes * 60, random.Random(seed), speed)
        finally:
            page.with_suffix(".log").write_bytes((Path(folder) / "service.log").read_bytes())
    title = f"Soak of {minutes:g} minutes at speed {speed:g}, seed {seed}"
    page.write_text(to_page(title, watch.ages, spans, promises, POLL_SECONDS / speed + 1.0), encoding="utf-8")
    for promise in promises:
        print(f"{'kept  ' if promise.kept else 'BROKEN'} {promise.name}: {promise.figures}")
    print(f"report: {page}")
    if not all(promise.kept for promise in promises):
        raise typer.Exit(1)


def _soak(
    folder: Path, seconds: float, draw: random.Random, speed: float
) -> tuple[list[FaultSpan], Watch, list[Promise]]:
    clock = SharedClock(time.time(), speed)
    group, feed = RedisGroup(folder), FeedServer(clock)
    try:
        processes = Processes(folder, clock, group, feed)
        try:
            return _injure(Surroundings(group, feed, processes), clock, seconds, draw)
        finally:
            processes.close()
    finally:
        feed.close()
        group.close()


def _injure(
    around: Surroundings, clock: SharedClock, seconds: float, draw: random.Random
) -> tuple[list[FaultSpan], Watch, list[Promise]]:
    processes, poll_s = around.processes, POLL_SECONDS / clock.speed
    processes.leader()
    processes.wait_until_warm()
    time.sleep(CALM_S)
    began, began_at = time.monotonic(), clock.now()
    watch = Watch(processes, clock, began)
    before = {replica.name: replica.thread_names() for replica in processes.replicas}
    spans: list[FaultSpan] = []
    order = _order(draw, seconds, poll_s)
    slot = (seconds - 2 * CALM_S) / len(order)
    for number, (fault, lasting) in enumerate(order):
        time.sleep(max(0.0, began + CALM_S + number * slot - time.monotonic()))
        spans.append(_inflict(fault, lasting, around, began))
        print(f"{spans[-1].began:7.1f} s  {fault.name}, over at {spans[-1].over:.1f} s", flush=True)
    time.sleep(max(CALM_S, began + seconds - time.monotonic()))
    after = {replica.name: replica.thread_names() for replica in processes.replicas}
    processes.stop_collector()
    _wait_for_the_archive(around)
    watch.close()
    rows = archived_rows(processes.objects_folder)
    published = published_polls(processes.polls_file, began_at, clock.speed)
    switches = [at.timestamp() - time.time() + time.monotonic() - began for at in around.group.switches()]
    return (
        spans,
        watch,
        [
            fresh_forecasts(watch.ages, spans, poll_s),
            nothing_lost(processes.polls_file, rows, spans, published, switches),
            nothing_doubled(rows),
            same_threads(before, after),
            steady_memory(watch.memory),
        ],
    )


def _wait_for_the_archive(around: Surroundings) -> None:
    """Wait until the archiver has taken every poll of the stream; what it leaves after that counts as lost."""

    def taken() -> bool:
        with suppress(redis.RedisError):
            groups: Any = around.group.client(around.group.primary()).xinfo_groups(STREAM)
            return all(not group["pending"] and not group["lag"] for group in groups)
        return False

    with suppress(TimeoutError):
        wait_until(taken, ARCHIVE_S)


def _order(draw: random.Random, seconds: float, poll_s: float) -> list[tuple[Fault, float]]:
    """All faults in a random order, again and again as time allows (five times an hour), each with its length."""
    rounds = max(1, round(seconds / 3600 * 5))
    longest = min(20.0, max(2.0, (seconds - 2 * CALM_S) / (rounds * len(FAULTS)) - 2 * poll_s))
    order: list[tuple[Fault, float]] = []
    for _ in range(rounds):
        shuffled = list(FAULTS)
        draw.shuffle(shuffled)
        order += [(fault, draw.uniform(longest / 3, longest)) for fault in shuffled]
    return order


def _inflict(fault: Fault, lasting: float, around: Surroundings, began: float) -> FaultSpan:
    start = time.monotonic() - began
    with fault.inject(around):
        time.sleep(lasting)
    ended = time.monotonic() - began
    return FaultSpan(fault.name, start, ended, ended + fault.recovery_s, fault.may_lose_polls)


if __name__ == "__main__":
    typer.run(main)
