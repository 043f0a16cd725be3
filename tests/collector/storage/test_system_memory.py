"""Which system an address led to, in Redis."""

from __future__ import annotations

import pytest
import redis

from collector.snapshot import System
from collector.storage.system_memory import SYSTEMS, RedisSystemMemory, address_digest

ADDRESS = "https://city.example/gbfs.json?token=t0ps3cret"
CITY = System("city", "City", "Europe/Oslo", "nb")


def test_a_system_is_recalled_by_its_address_only(redis_client: redis.Redis) -> None:
    RedisSystemMemory(redis_client).remember(ADDRESS, CITY)

    assert RedisSystemMemory(redis_client).recall(ADDRESS) == CITY
    assert RedisSystemMemory(redis_client).recall(ADDRESS + "x") is None


def test_the_address_itself_is_not_kept(redis_client: redis.Redis) -> None:
    RedisSystemMemory(redis_client).remember(ADDRESS, CITY)

    assert b"t0ps3cret" not in repr(redis_client.hgetall(SYSTEMS)).encode()


@pytest.mark.parametrize("record", [b"", b"no json", b"[]", b"{}", b'{"id": 4, "name": "x", "timezone": "UTC"}'])
def test_an_unreadable_record_is_none(redis_client: redis.Redis, record: bytes) -> None:
    redis_client.hset(SYSTEMS, address_digest(ADDRESS), record)

    assert RedisSystemMemory(redis_client).recall(ADDRESS) is None
