"""Bin counts of the champion's recent inputs, summed over replicas: Redis `model:inputs:{version}`, a hash by hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import redis

from forecaster.arrays import Ints
from forecaster.drift import BINS
from forecaster.features import FEATURES

PREFIX = "model:inputs:"
RETENTION = timedelta(hours=24)
_SHAPE = (len(FEATURES), BINS)


class DriftCountRepository:
    """Bin counts of a version's inputs, int64[F, BINS] an hour. Raises redis-py's errors."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def add(self, version: str, at: datetime, counts: Ints) -> None:
        """Add counts taken at `at`; remove hours older than a day."""
        key, hour = PREFIX + version, int(at.timestamp()) // 3600
        stored: Any = self._redis.hget(key, str(hour))
        self._redis.hset(key, str(hour), (counts + _read(stored)).astype("<i8").tobytes())
        oldest = hour - RETENTION // timedelta(hours=1)
        hours: Any = self._redis.hkeys(key)
        old = [name for name in hours if int(name) <= oldest]
        if old:
            self._redis.hdel(key, *old)

    def last_day(self, version: str) -> tuple[Ints, int]:
        """The sum over the last day, and the number of hours in it."""
        values: Any = self._redis.hvals(PREFIX + version)
        return sum((_read(value) for value in values), np.zeros(_SHAPE, np.int64)), len(values)

    def forget(self, version: str) -> None:
        """Remove the counts of a version that serves no more."""
        self._redis.delete(PREFIX + version)


def _read(value: bytes | None) -> Ints:
    if value is None or len(value) != 8 * BINS * len(FEATURES):
        return np.zeros(_SHAPE, np.int64)
    return np.frombuffer(value, "<i8").reshape(_SHAPE).astype(np.int64)
