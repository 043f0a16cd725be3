"""Measuring on a machine that others use too: variants in turn within each round, lower quartiles over the rounds."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

Variant = Callable[[], float]
Samples = dict[str, list[float]]


def timed(work: Callable[[], object]) -> Variant:
    """A variant that gives the seconds `work` takes."""

    def measure() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return measure


def in_turn(variants: Mapping[str, Variant], rounds: int, *, warm: int = 1) -> Samples:
    """Seconds of each variant in each round. All variants take their turn within a round, so that what else the
    machine does meets them alike; the first `warm` rounds are not counted."""
    samples: Samples = {name: [] for name in variants}
    with _no_collector():
        for number in range(warm + rounds):
            for name, variant in variants.items():
                seconds = variant()
                if number >= warm:
                    samples[name].append(seconds)
    return samples


def lower_quartile(seconds: list[float]) -> float:
    """The lower quartile: what else a machine does only ever adds to what work takes."""
    return percentile(seconds, 25)


def ratio(above: list[float], below: list[float]) -> float:
    """One variant's usual seconds in units of another's."""
    return lower_quartile(above) / lower_quartile(below)


def percentile(seconds: list[float], share: float) -> float:
    return float(np.percentile(seconds, share))


@contextmanager
def _no_collector() -> Iterator[None]:
    """Without the garbage collector's pauses, which fall on whichever variant is running."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def peak_mib() -> float:
    """The most memory this program has held, MiB. On Linux from its status: what getrusage tells goes back to before
    the program was started, to the size of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
