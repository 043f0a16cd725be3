"""Forecasts whose time has not come yet, and how they outlive a restart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import redis

from forecaster.window import Floats
from pedalcast.forecasts.run import Run

KEY = "prediction:pending"  # hash: run id -> a run as `dump` writes it
LEFT = "prediction:pending:left"  # hash: run id -> JSON array, the places of its horizons still to be judged
_VERSION = 2
_HALVES = ("bikes", "p_bike", "p_dock")  # kept as float16: 0.02 of 40 bikes, 0.0005 of a probability
_INTEGERS = ("low", "high", "median")


@dataclass(frozen=True, slots=True)
class Pending:
    """A run waiting to be judged. Arrays are [H, N]; `last_bikes` and `last_docks`, [N], are what persistence says.

    `targets` are epoch seconds, one a horizon of `minutes`.
    """

    run: str
    model: str
    made_at: int
    minutes: tuple[int, ...]
    targets: tuple[int, ...]
    ids: tuple[str, ...]
    bikes: Floats
    low: npt.NDArray[np.int16]
    high: npt.NDArray[np.int16]
    median: npt.NDArray[np.int16]
    p_bike: Floats
    p_dock: Floats
    last_bikes: Floats
    last_docks: Floats

    @classmethod
    def of(cls, run: Run) -> Pending:
        """What of a run will be judged."""
        info, made = run.info, run.forecast
        return cls(
            run=info.id,
            model=info.model,
            made_at=info.made_at,
            minutes=info.minutes,
            targets=run.stamps.targets,
            ids=run.ids,
            bikes=made.bikes,
            low=made.low,
            high=made.high,
            median=made.median,
            p_bike=made.p_bike,
            p_dock=made.p_dock,
            last_bikes=run.last_bikes,
            last_docks=run.last_docks,
        )


def dump(pending: Pending) -> bytes:
    """A line of JSON, the ids as another, then the arrays, little-endian."""
    head = {
        "v": _VERSION,
        "run": pending.run,
        "model": pending.model,
        "made_at": pending.made_at,
        "minutes": pending.minutes,
        "targets": pending.targets,
    }
    halves = [getattr(pending, name).astype("<f2").tobytes() for name in _HALVES]
    whole = [getattr(pending, name).astype("<i2").tobytes() for name in _INTEGERS]
    last = [rows.astype("<f4").tobytes() for rows in (pending.last_bikes, pending.last_docks)]
    return b"\n".join([orjson.dumps(head), orjson.dumps(pending.ids), b"".join([*halves, *whole, *last])])


def load(value: bytes) -> Pending | None:
    """Read back what `dump` wrote; None when another version did."""
    head, ids, data = value.split(b"\n", 2)
    said: dict[str, Any] = orjson.loads(head)
    if said.pop("v") != _VERSION:
        return None
    names = tuple(orjson.loads(ids))
    minutes, targets = tuple(said.pop("minutes")), tuple(said.pop("targets"))
    block = 2 * len(minutes) * len(names)
    shape = (len(minutes), len(names))
    arrays: dict[str, Any] = {}
    for place, name in enumerate((*_HALVES, *_INTEGERS)):
        kind = "<f2" if name in _HALVES else "<i2"
        found = np.frombuffer(data, kind, shape[0] * shape[1], place * block).reshape(shape)
        arrays[name] = found.astype(np.float32 if name in _HALVES else np.int16)
    last = np.frombuffer(data, "<f4", 2 * len(names), (len(_HALVES) + len(_INTEGERS)) * block).reshape(2, len(names))
    return Pending(
        ids=names, minutes=minutes, targets=targets, last_bikes=last[0], last_docks=last[1], **said, **arrays
    )


class PendingStore:
    """Where pending runs lie while the service is down."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def all(self) -> list[tuple[Pending, set[int]]]:
        """Every run kept, oldest first, with the places of its horizons still to be judged."""
        values: dict[Any, Any] = self._redis.hgetall(KEY)
        left: dict[Any, Any] = self._redis.hgetall(LEFT)
        found = [(load(value), left.get(run)) for run, value in values.items()]
        runs = [(one, set(_places(one, places))) for one, places in found if one is not None]
        return sorted(runs, key=lambda run: run[0].made_at)

    def put(self, pending: Pending) -> None:
        """Keep a run, all its horizons to be judged."""
        self._redis.hset(KEY, pending.run, dump(pending))

    def keep(self, left: Mapping[str, set[int]]) -> None:
        """Note what is left of these runs; one with nothing left goes."""
        with self._redis.pipeline() as pipe:
            for run, places in left.items():
                if places:
                    pipe.hset(LEFT, run, orjson.dumps(sorted(places)))
                else:
                    pipe.hdel(KEY, run)
                    pipe.hdel(LEFT, run)
            pipe.execute()


def _places(pending: Pending, left: bytes | None) -> Iterable[int]:
    return range(len(pending.minutes)) if left is None else orjson.loads(left)
