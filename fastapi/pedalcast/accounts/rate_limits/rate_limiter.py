"""Counts requests in Redis, shared by all replicas; in the process while Redis is away."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import redis.asyncio
import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RateDecision:
    """Whether a request may go on, and what its headers say (seconds until the window ends)."""

    allowed: bool
    limit: int
    remaining: int
    reset_s: int


class RateLimiter:
    """Fixed windows by `limits`. While Redis is away, this process alone counts: the door is never open."""

    def __init__(self, client: redis.asyncio.Redis, limits: dict[str, str]) -> None:
        self._limits: dict[str, RateLimitItem] = {name: parse(text) for name, text in limits.items()}
        self._shared = FixedWindowRateLimiter(_storage(client))
        self._local = FixedWindowRateLimiter(MemoryStorage())

    async def hit(self, name: str, who: str) -> RateDecision:
        """Count a request of `who` against the limit `name`."""
        item = self._limits[name]
        try:
            return await _hit(self._shared, item, name, who)
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, requests counted here", error=type(error).__name__)
            return await _hit(self._local, item, name, who)


async def _hit(strategy: FixedWindowRateLimiter, item: RateLimitItem, name: str, who: str) -> RateDecision:
    allowed = await strategy.hit(item, name, who)
    stats = await strategy.get_window_stats(item, name, who)
    reset = max(1, math.ceil(stats.reset_time - time.time()))
    return RateDecision(allowed, item.amount, max(0, stats.remaining), reset)


def _storage(client: redis.asyncio.Redis) -> RedisStorage:
    """On the connections of `client`, which closes them; the address only names the kind."""
    pool: Any = client.connection_pool  # typed as a number, and handed on as it is
    return RedisStorage("async+redis://", implementation="redispy", key_prefix="limits", connection_pool=pool)
