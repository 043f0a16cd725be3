"""The connection to Redis."""

from __future__ import annotations

from typing import Any

import redis

from collector.errors import ConfigError


def redis_client(url: str, **options: Any) -> redis.Redis:
    """A client of the address in `REDIS_URL`; nothing is sent yet. `ConfigError` when it is no address of Redis."""
    try:
        return redis.Redis.from_url(url, **options)
    except ValueError:  # whose message may repeat a part of the password
        raise ConfigError("REDIS_URL: it must be a redis://, rediss:// or unix:// address") from None
