"""Wakes those who wait for notifications, on whichever replica: one Redis channel, one subscription a process.

A wake-up says who has something new, never what: that is in the database. While Redis is away, waiters look there
themselves every few seconds.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import redis.asyncio
import structlog
from redis.exceptions import RedisError

CHANNEL = "notifications:wake"
POLL_S = 1.0
RETRY_S = 2.0
log = structlog.get_logger(__name__)


class NotificationHub:
    """Call `run` once, as a task of the event loop it is used on."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)

    async def announce(self, user_id: str) -> None:
        """Say that somebody has something new. Without Redis, only this process's listeners learn of it at once."""
        self._wake(user_id)
        try:
            await self._redis.publish(CHANNEL, user_id)
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, notification not announced", error=type(error).__name__)

    @contextmanager
    def listening(self, user_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever this user may have something new."""
        event = asyncio.Event()
        self._waiting[user_id].add(event)
        try:
            yield event
        finally:
            self._waiting[user_id].discard(event)
            if not self._waiting[user_id]:
                del self._waiting[user_id]

    @property
    def listeners(self) -> int:
        """How many listen in this process."""
        return sum(len(events) for events in self._waiting.values())

    async def run(self) -> None:
        """Pass wake-ups on until cancelled."""
        while True:
            try:
                await self._follow()
            except (RedisError, OSError) as error:
                log.warning("redis unavailable, notifications not followed", error=type(error).__name__)
                await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            while True:
                message = await channel.get_message(ignore_subscribe_messages=True, timeout=POLL_S)
                if message is not None:
                    self._wake(message["data"].decode())

    def _wake(self, user_id: str) -> None:
        for event in self._waiting.get(user_id, ()):
            event.set()
