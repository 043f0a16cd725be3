"""Live sessions in Redis: `account:session:{id}` is `kind:role:user_id` and expires with the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import redis.asyncio
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

AWAY = (RedisConnectionError, RedisError, OSError)


@dataclass(frozen=True, slots=True)
class LiveSession:
    """Whose session it is, and as what."""

    user_id: str
    kind: str
    role: str


class SessionStore:
    """Reads and writes sessions. Every method raises redis-py's errors when Redis is away."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client

    async def put(self, session_id: str, session: LiveSession, expires_at: datetime) -> None:
        """Begin or prolong a session."""
        moment = int(expires_at.timestamp() * 1000)
        await self._redis.set(_key(session_id), f"{session.kind}:{session.role}:{session.user_id}", pxat=moment)

    async def get(self, session_id: str) -> LiveSession | None:
        """The session, None where it has ended."""
        value = await self._redis.get(_key(session_id))
        if value is None:
            return None
        kind, role, user_id = _text(value).split(":", 2)
        return LiveSession(user_id, kind, role)

    async def end(self, session_id: str) -> None:
        """End one session."""
        await self._redis.delete(_key(session_id))


def _key(session_id: str) -> str:
    return f"account:session:{session_id}"


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
