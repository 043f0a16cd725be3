"""What the champion has eaten lately, summed over replicas: Redis `model:inputs:{version}`, a hash by hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import redis

from forecaster.arrays import Ints
from forecaster.drift import BINS
from forecaster.features import FEATURES

PREFIX = "model:inputs:"
KEPT = timedelta(hours=24)
_SHAPE = (len(FEATURES), BINS)


class DriftCountRepository:
    """Bin counts of a version's inputs, int64[F, BINS] an hour. Raises redis-py's errors."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def add(self, version: str, at: datetime, counts: Ints) -> None:
        """Add what was counted at `at`; hours older than a day go."""
        key, hour = PREFIX + version, int(at.timestamp()) // 3600
        found: Any = self._redis.hget(key, str(hour))
        self._redis.hset(key, str(hour), (counts + _read(found)).astype("<i8").tobytes())
        oldest = hour - KEPT // timedelta(hours=1)
        hours: Any = self._redis.hkeys(key)
        old = [name for name in hours if int(name) <= oldest]
        if old:
            self._redis.hdel(key, *old)

    def last_day(self, version: str) -> tuple[Ints, int]:
        """The sum over the last day, and of how many of its hours."""
        values: Any = self._redis.hvals(PREFIX + version)
        return sum((_read(value) for value in values), np.zeros(_SHAPE, np.int64)), len(values)

    def forget(self, version: str) -> None:
        """A version that serves no more leaves nothing."""
        self._redis.delete(PREFIX + version)


def _read(value: bytes | None) -> Ints:
    if value is None or len(value) != 8 * BINS * len(FEATURES):
        return np.zeros(_SHAPE, np.int64)
    return np.frombuffer(value, "<i8").reshape(_SHAPE).astype(np.int64)
