"""Where replicas and workers tell each other that a bot's documents have changed."""

from __future__ import annotations

import redis
import structlog

KEY = "knowledge:versions"
log = structlog.get_logger(__name__)


class RedisVersionBoard:
    """A sorted set, bots by version. While Redis is away, readers ask the database."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def read(self, bot: str) -> int | None:
        """The bot's last published version, None where there is none or Redis does not answer."""
        try:
            version = self._client.zscore(KEY, bot)
        except redis.RedisError:
            return None
        return None if version is None else int(version)

    def publish(self, bot: str, version: int) -> None:
        """Tell of a version, unless a newer one is known."""
        try:
            self._client.zadd(KEY, {bot: version}, gt=True)
        except redis.RedisError as error:
            log.warning("redis unavailable, new version of documents not published", error=type(error).__name__)
