"""Which system an address led to, for when the feed's file about it cannot be had."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Protocol

import orjson
import redis

from collector.snapshot import System
from collector.storage.station_value import JSON_OPTIONS

SYSTEMS = "realtime:systems"  # hash: digest of the feed's address -> the system


class SystemMemory(Protocol):
    """Remembers the system behind a feed's address from one process to the next.

    memory.remember("https://example.com/gbfs.json", System("city", "City", "Europe/Oslo"))
    memory.recall("https://example.com/gbfs.json").id   # "city"
    """

    def recall(self, address: str) -> System | None:
        """The system, None when it has never been remembered."""
        ...

    def remember(self, address: str, system: System) -> None:
        """Keep the system for this address."""
        ...


class NoSystemMemory:
    """Remembers nothing."""

    def recall(self, address: str) -> System | None:  # noqa: ARG002 the protocol's
        return None

    def remember(self, address: str, system: System) -> None:  # noqa: ARG002 the protocol's
        return


class RedisSystemMemory:
    """Remembers in Redis, beside the stations. Raises `redis.RedisError` when Redis cannot be used."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def recall(self, address: str) -> System | None:
        value: Any = self._redis.hget(SYSTEMS, address_digest(address))
        return None if value is None else read_system_record(value)

    def remember(self, address: str, system: System) -> None:
        self._redis.hset(SYSTEMS, address_digest(address), system_record(system))


def address_digest(address: str) -> str:
    """What stands for an address where it is kept: an address may hold a key."""
    return sha256(address.encode()).hexdigest()[:32]


def system_record(system: System) -> bytes:
    """The system as JSON."""
    return orjson.dumps(system, option=JSON_OPTIONS)


def read_system_record(value: bytes) -> System | None:
    """The system in a record, None when it cannot be read."""
    try:
        fields = orjson.loads(value)
        values = fields["id"], fields["name"], fields["timezone"], fields.get("language") or "en"
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return System(*values) if all(isinstance(text, str) and text for text in values) else None
