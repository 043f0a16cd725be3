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

from pedalcast.accounts.metrics import AccountMetrics

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

    def __init__(
        self, client: redis.asyncio.Redis, limits: dict[str, str], metrics: AccountMetrics | None = None
    ) -> None:
        self._metrics = metrics
        self._limits: dict[str, RateLimitItem] = {name: parse(text) for name, text in limits.items()}
        self._shared = FixedWindowRateLimiter(_storage(client))
        self._local = FixedWindowRateLimiter(MemoryStorage())

    def amount(self, name: str) -> int:
        """How many requests a window of the limit `name` admits."""
        return self._limits[name].amount

    async def hit(self, name: str, who: str) -> RateDecision:
        """Count a request of `who` against the limit `name`."""
        _, decision = await self.lease(name, who, 1)
        return decision

    async def lease(self, name: str, who: str, wanted: int) -> tuple[int, RateDecision]:
        """Count up to so many requests of `who` at once: how many of them were still admitted."""
        item = self._limits[name]
        try:
            granted, decision = await _lease(self._shared, item, (name, who), wanted)
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, requests counted here", error=type(error).__name__)
            granted, decision = await _lease(self._local, item, (name, who), wanted)
        if not decision.allowed and self._metrics is not None:
            self._metrics.refused.labels(name).inc()
        return granted, decision


async def _lease(
    strategy: FixedWindowRateLimiter, item: RateLimitItem, key: tuple[str, str], wanted: int
) -> tuple[int, RateDecision]:
    cost = 1
    if wanted > 1:
        cost = max(1, min(wanted, (await strategy.get_window_stats(item, *key)).remaining))
    allowed = await strategy.hit(item, *key, cost=cost)
    stats = await strategy.get_window_stats(item, *key)
    reset = max(1, math.ceil(stats.reset_time - time.time()))
    return cost if allowed else 0, RateDecision(allowed, item.amount, max(0, stats.remaining), reset)


def _storage(client: redis.asyncio.Redis) -> RedisStorage:
    """On the connections of `client`, which closes them; the address only names the kind."""
    pool: Any = client.connection_pool  # typed as a number, and handed on as it is
    return RedisStorage("async+redis://", implementation="redispy", key_prefix="limits", connection_pool=pool)
