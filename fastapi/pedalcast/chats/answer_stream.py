"""The events of an answer under way, in a Redis stream of its own: `chat:answer:{message_id}`, kept for an hour.

An entry has `event` (the name) and `data` (JSON); its id is the event's. `chat:stop:{message_id}` asks the run to end.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import orjson
import redis.asyncio
import structlog
from redis.exceptions import RedisError

KEPT_S = 3600
BLOCK_MS = 1000
HEARTBEAT_S = 15
LAST = frozenset({"done", "error", "stopped"})
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One event; `id` is what `Last-Event-ID` repeats."""

    id: str
    name: str
    data: str


class AnswerStream:
    """Writes and reads the events of answers."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client

    async def add(self, message_id: int, name: str, data: dict[str, Any]) -> None:
        """Append an event. While Redis is away the answer is kept all the same, and nobody can follow it."""
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.xadd(_key(message_id), {"event": name, "data": orjson.dumps(data)})
                pipe.expire(_key(message_id), KEPT_S)
                await pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, answer event not sent", error=type(error).__name__)

    async def events(self, message_id: int, after: str) -> AsyncGenerator[AnswerEvent | None, None]:
        """The events after an id ("0": all), None where none came for a while; ends after the last one."""
        quiet_ms = 0
        while True:
            answer: Any = await self._redis.xread({_key(message_id): after}, block=BLOCK_MS, count=200)
            entries = next(iter(answer.values()))[0] if isinstance(answer, dict) and answer else []
            if isinstance(answer, list) and answer:
                entries = answer[0][1]
            for entry_id, fields in entries:
                after = entry_id.decode()
                event = AnswerEvent(after, fields[b"event"].decode(), fields[b"data"].decode())
                yield event
                if event.name in LAST:
                    return
            quiet_ms = 0 if entries else quiet_ms + BLOCK_MS
            if quiet_ms >= HEARTBEAT_S * 1000:
                quiet_ms = 0
                yield None

    async def begin_again(self, message_id: int) -> None:
        """Forget the events of an earlier run of the same message."""
        try:
            await self._redis.delete(_key(message_id), _stop(message_id))
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, answer events not removed", error=type(error).__name__)

    async def ask_to_stop(self, message_id: int) -> None:
        """Ask the run, on whichever replica it is, to end."""
        await self._redis.set(_stop(message_id), b"1", ex=KEPT_S)

    async def must_stop(self, message_id: int) -> bool:
        """Whether the run was asked to end."""
        try:
            return bool(await self._redis.exists(_stop(message_id)))
        except (RedisError, OSError):
            return False


def _key(message_id: int) -> str:
    return f"chat:answer:{message_id}"


def _stop(message_id: int) -> str:
    return f"chat:stop:{message_id}"
