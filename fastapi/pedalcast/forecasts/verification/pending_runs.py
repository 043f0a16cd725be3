"""Forecasts whose target time lies ahead, stored in Redis so that they outlive a restart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import redis

from forecaster.arrays import Floats
from forecaster.distribution import Distribution
from forecaster.packed_distribution import PackedDistribution
from pedalcast.forecasts.forecast_run import ForecastRun

KEY = "prediction:pending"  # hash: run id -> a run as `dump` writes it
LEFT = "prediction:pending:left"  # hash: run id -> JSON array, the places of its horizons still to be judged
_VERSION = 3


@dataclass(frozen=True, slots=True)
class PendingRun:
    """A run waiting to be judged: the distributions of N stations at each horizon of `minutes`, and from what they
    start, `last_bikes` and `last_docks` float32[N], which is also what persistence says.

    `targets` are epoch seconds, one a horizon.
    """

    run: str
    model: str
    made_at: int
    minutes: tuple[int, ...]
    targets: tuple[int, ...]
    ids: tuple[str, ...]
    packed: tuple[PackedDistribution, ...]
    last_bikes: Floats
    last_docks: Floats

    @classmethod
    def of(cls, run: ForecastRun) -> PendingRun:
        """What of a run will be judged."""
        info = run.info
        return cls(
            run=info.id,
            model=info.model,
            made_at=info.made_at,
            minutes=info.minutes,
            targets=run.stamps.targets,
            ids=run.ids,
            packed=tuple(PackedDistribution.of(run.forecast.cdf(place)) for place in range(len(info.minutes))),
            last_bikes=run.last_bikes,
            last_docks=run.last_docks,
        )

    def distribution(self, place: int) -> Distribution:
        """What was forecast at the horizon at `place`."""
        return Distribution(self.packed[place].cdf(), self.last_bikes, self.last_docks)


def dump(pending: PendingRun) -> bytes:
    """A line of JSON, the ids as another, then the arrays, little-endian."""
    head = {
        "v": _VERSION,
        "run": pending.run,
        "model": pending.model,
        "made_at": pending.made_at,
        "minutes": pending.minutes,
        "targets": pending.targets,
    }
    last = [rows.astype("<f4").tobytes() for rows in (pending.last_bikes, pending.last_docks)]
    packed = [horizon.to_bytes() for horizon in pending.packed]
    return b"\n".join([orjson.dumps(head), orjson.dumps(pending.ids), b"".join([*last, *packed])])


def load(value: bytes) -> PendingRun | None:
    """Read back what `dump` wrote; None when another version did."""
    head, ids, arrays = value.split(b"\n", 2)
    fields: dict[str, Any] = orjson.loads(head)
    if fields.pop("v") != _VERSION:
        return None
    names = tuple(orjson.loads(ids))
    minutes, targets = tuple(fields.pop("minutes")), tuple(fields.pop("targets"))
    last = np.frombuffer(arrays, "<f4", 2 * len(names)).astype(np.float32).reshape(2, len(names))
    packed, remaining = [], arrays[last.nbytes :]
    for _ in minutes:
        horizon, remaining = PackedDistribution.from_bytes(remaining, len(names))
        packed.append(horizon)
    return PendingRun(
        ids=names,
        minutes=minutes,
        targets=targets,
        packed=tuple(packed),
        last_bikes=last[0],
        last_docks=last[1],
        **fields,
    )


class PendingRunStore:
    """Pending runs in Redis."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def all(self) -> list[tuple[PendingRun, set[int]]]:
        """Every run kept, oldest first, with the places of its horizons still to be judged. What another version kept
        goes: nobody could judge it any more."""
        values: dict[Any, Any] = self._redis.hgetall(KEY)
        places_left: dict[Any, Any] = self._redis.hgetall(LEFT)
        pending_by_run = {run: load(value) for run, value in values.items()}
        self._drop([run for run, pending in pending_by_run.items() if pending is None])
        runs = [
            (pending, set(_places(pending, places_left.get(run))))
            for run, pending in pending_by_run.items()
            if pending is not None
        ]
        return sorted(runs, key=lambda run: run[0].made_at)

    def _drop(self, runs: list[Any]) -> None:
        if runs:
            self._redis.hdel(KEY, *runs)
            self._redis.hdel(LEFT, *runs)

    def put(self, pending: PendingRun) -> None:
        """Keep a run, all its horizons to be judged."""
        self._redis.hset(KEY, pending.run, dump(pending))

    def keep(self, places_left: Mapping[str, set[int]]) -> None:
        """Note what is left of these runs; one with nothing left goes."""
        with self._redis.pipeline() as pipe:
            for run, places in places_left.items():
                if places:
                    pipe.hset(LEFT, run, orjson.dumps(sorted(places)))
                else:
                    pipe.hdel(KEY, run)
                    pipe.hdel(LEFT, run)
            pipe.execute()


def _places(pending: PendingRun, places_left: bytes | None) -> Iterable[int]:
    return range(len(pending.minutes)) if places_left is None else orjson.loads(places_left)
