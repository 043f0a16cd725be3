"""Hears of every new champion, whichever replica or process made it one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import orjson
import redis
import structlog

from pedalcast.models.champion_events import CHANNEL

WAIT_S = 0.25  # how soon it notices that it is to stop
BACKOFF_S = 5.0
log = structlog.get_logger(__name__)


class ChampionListener:
    """A thread on Redis' pub/sub; `heard` is given each message, a JSON object. It comes back when Redis does."""

    def __init__(self, client: redis.Redis, heard: Callable[[bytes], None]) -> None:
        self._redis = client
        self._heard = heard
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="champion-news", daemon=True)

    def start(self) -> None:
        """Listen until stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except redis.RedisError as error:
                log.info("champion news wait for Redis", reason=str(error))
                self._stop.wait(BACKOFF_S)

    def _listen(self) -> None:
        pubsub: Any = self._redis.pubsub
        with pubsub(ignore_subscribe_messages=True) as subscription:
            subscription.subscribe(CHANNEL)
            while not self._stop.is_set():
                message: Any = subscription.get_message(timeout=WAIT_S)
                if message is not None:
                    self._take(message["data"])

    def _take(self, data: bytes) -> None:
        try:
            orjson.loads(data)
        except orjson.JSONDecodeError:
            log.warning("unreadable news", data=data[:80])
            return
        self._heard(data)
