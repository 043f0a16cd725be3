"""Changes of the champion, published to every replica over Redis' pub/sub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import redis
import structlog

from pedalcast.kit.runtime.background_worker import BackgroundWorker

CHANNEL = "models:champion"  # a `ChampionChange` as JSON
WAIT_S = 0.25  # how soon the listener notices that it is to stop
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ChampionChange:
    """The champion has changed: from which version to which, why, and whether the guard has made it."""

    version: str
    before: str
    reason: str
    rollback: bool = False

    def publish(self, client: redis.Redis) -> None:
        """Publish to every replica. A change that is lost is seen in the alias within CHAMPION_CHECK."""
        try:
            client.publish(CHANNEL, orjson.dumps(self))
        except redis.RedisError as error:
            log.warning("redis unavailable, champion change not published", version=self.version, reason=str(error))


class ChampionListener:
    """A subscriber on Redis' pub/sub; `handle` is given each message, a JSON object.

    Messages sent while Redis is away are lost; replicas look at the alias from time to time anyway.
    """

    def __init__(self, client: redis.Redis, handle: Callable[[bytes], None]) -> None:
        self._redis = client
        self._handle = handle
        self._subscription: Any = None
        self.worker = BackgroundWorker(
            "champion-listener", self._listen, on_failure=lambda _: self._close(), on_stop=self._close
        )

    def _listen(self) -> None:
        """Wait a moment for a message, and handle it."""
        if self._subscription is None:
            pubsub: Any = self._redis.pubsub
            self._subscription = pubsub(ignore_subscribe_messages=True)
            self._subscription.subscribe(CHANNEL)
        message: Any = self._subscription.get_message(timeout=WAIT_S)
        if message is not None:
            self._parse(message["data"])

    def _parse(self, data: bytes) -> None:
        try:
            orjson.loads(data)
        except orjson.JSONDecodeError:
            log.warning("champion message unreadable, skipped", data=data[:80])
            return
        self._handle(data)

    def _close(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None
