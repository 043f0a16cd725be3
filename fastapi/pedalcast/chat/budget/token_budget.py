"""Counts the language model's tokens by day: `chat:budget:{date}:{kind}:{hash of whose}`, a number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis.asyncio
import structlog
from redis.exceptions import RedisError

KEPT = timedelta(days=2)
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


class TokenBudget:
    """Shared by all replicas. While Redis is away nothing is left, so that an outage does not lift the limits."""

    def __init__(self, client: redis.asyncio.Redis, limits: BudgetLimits, now: Callable[[], datetime]) -> None:
        self._redis = client
        self._limits = limits
        self._now = now

    async def spent(self, asker: str, bot_id: str) -> str | None:
        """Whose budget of today is used up: "user", "bot" or "total"; None where the model may be asked."""
        limited = self._limited(asker, bot_id)
        try:
            used = await self._redis.mget([key for _, key, _ in limited])
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, language model not asked", error=type(error).__name__)
            return "total"
        counts = zip(limited, used, strict=True)
        return next((kind for (kind, _, limit), count in counts if int(count or 0) >= limit), None)

    async def spend(self, asker: str, bot_id: str, tokens: int) -> None:
        """Count what an answer has used."""
        try:
            async with self._redis.pipeline(transaction=True) as commands:
                for _, key, _ in self._limited(asker, bot_id):
                    commands.incrby(key, tokens)
                    commands.expire(key, KEPT)
                await commands.execute()
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, tokens not counted", tokens=tokens, error=type(error).__name__)

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
