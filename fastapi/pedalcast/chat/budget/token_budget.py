"""Counts the language model's tokens by day: `chat:budget:{date}:{kind}:{hash of whose}`, a number.

An answer reserves what one usually takes before the model is asked, and is counted as what it took once it has ended,
so that many who ask at the same moment do not all find the same tokens left. What is reserved stands beside the number
(`…:reserved`, a sorted set of `{tokens}:{id}` by the time it lapses), so that a process that dies holds nothing back
for longer than `LEASE`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import redis.asyncio
import structlog
from redis.exceptions import RedisError

KEPT = timedelta(days=2)
LEASE = timedelta(minutes=10)  # longer than an answer takes
PROMPT_TOKENS = 4000  # reserved for what the model reads for one question: a few passages, twice over
# KEYS: counts; ARGV: what to reserve, its name, for how many milliseconds it holds, for how many seconds counts are
# kept, then a limit a key. The place of the first count that has reached its limit with what others have reserved, 0
# where all have room and the tokens are reserved.
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for place, key in ipairs(KEYS) do
  local reserved = key .. ':reserved'
  redis.call('ZREMRANGEBYSCORE', reserved, '-inf', now)
  local tokens = tonumber(redis.call('GET', key) or '0')
  for _, name in ipairs(redis.call('ZRANGE', reserved, 0, -1)) do
    tokens = tokens + tonumber(string.match(name, '^%d+'))
  end
  if tokens >= tonumber(ARGV[place + 4]) then return place end
end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key .. ':reserved', now + ARGV[3], ARGV[1] .. ':' .. ARGV[2])
  redis.call('EXPIRE', key .. ':reserved', ARGV[4])
end
return 0
"""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """Tokens a day of one asker, of one bot, and of everybody together; 0: as many as there are."""

    user: int = 0
    bot: int = 0
    total: int = 0

    def any(self) -> bool:
        """Whether anything is limited."""
        return bool(self.user or self.bot or self.total)


class BudgetSpentError(Exception):
    """Nothing is left of today's budget of `kind`: "user", "bot" or "total"."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Reservation:
    """Tokens that an answer under way may use; `settle` puts what it used in their place."""

    def __init__(self, client: redis.asyncio.Redis, keys: Sequence[str], name: str) -> None:
        self._redis, self._keys, self._name = client, keys, name
        self._settled = False

    async def settle(self, tokens: int) -> None:
        """Count what the answer has used; once. While Redis is away the reservation stays until it lapses."""
        if self._settled:
            return
        self._settled = True
        try:
            async with self._redis.pipeline(transaction=True) as commands:
                for key in self._keys:
                    commands.zrem(_reserved(key), self._name)
                    commands.incrby(key, tokens)
                    commands.expire(key, KEPT)
                await commands.execute()
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, tokens not counted", tokens=tokens, error=type(error).__name__)


class TokenBudget:
    """Shared by all replicas. While Redis is away nothing is left, so that an outage does not lift the limits.

    What a process that is killed had reserved is free again after `lease`.
    """

    def __init__(
        self,
        client: redis.asyncio.Redis,
        limits: BudgetLimits,
        now: Callable[[], datetime],
        lease: timedelta = LEASE,
    ) -> None:
        self._lease = lease
        self._redis = client
        self._limits = limits
        self._now = now
        self._reserve = client.register_script(_RESERVE)

    async def reserve(self, asker: str, bot_id: str, tokens: int) -> Reservation:
        """Reserve so many tokens, also where fewer are left. Raises `BudgetSpentError` where none are."""
        limited = self._limited(asker, bot_id)
        keys = [key for _, key, _ in limited]
        name, lease = uuid4().hex, int(self._lease / timedelta(milliseconds=1))
        arguments: list[str | int] = [
            tokens,
            name,
            lease,
            int(KEPT.total_seconds()),
            *(limit for _, _, limit in limited),
        ]
        try:
            place = int(await self._reserve(keys=keys, args=arguments))
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, language model not asked", error=type(error).__name__)
            raise BudgetSpentError("total") from None
        if place:
            raise BudgetSpentError(limited[place - 1][0])
        return Reservation(self._redis, keys, f"{tokens}:{name}")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    def _limited(self, asker: str, bot_id: str) -> list[tuple[str, str, int]]:
        """Kind, key and limit of every budget that this answer counts to."""
        whose = (
            ("user", asker, self._limits.user),
            ("bot", bot_id, self._limits.bot),
            ("total", "", self._limits.total),
        )
        day = self._now().date().isoformat()
        return [
            (kind, f"chat:budget:{day}:{kind}:{hashlib.sha256(name.encode()).hexdigest()[:32]}", limit)
            for kind, name, limit in whose
            if limit
        ]


def _reserved(key: str) -> str:
    return f"{key}:reserved"
