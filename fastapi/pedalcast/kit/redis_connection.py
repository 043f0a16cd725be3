"""Clients of Redis: synchronous, speaking bytes. The service calls them from threads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import redis
import redis.asyncio
from redis.asyncio.sentinel import Sentinel
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

from collector.storage.redis_client import SENTINEL_SCHEMES, SentinelAddress, redis_client

TIMEOUT_S = 5.0


class RedisUnreachableError(ConnectionError):
    """Redis does not answer; the message is one line and carries no password."""


def connect(url: str, *, block_s: float = 0.0) -> redis.Redis:
    """A client of bytes. Nothing is sent yet.

    `block_s` is the longest `XREAD BLOCK` that goes over it: redis-py's own timeout of five seconds would cut it off.
    """
    return redis_client(
        url,
        decode_responses=False,
        socket_timeout=TIMEOUT_S + block_s,
        socket_connect_timeout=2.0,
        health_check_interval=30,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), 2),
    )


def connect_async(url: str, *, socket_timeout: float, socket_connect_timeout: float) -> redis.asyncio.Redis:
    """A client for the event loop, of bytes. Nothing is sent yet."""
    options: dict[str, Any] = {"socket_timeout": socket_timeout, "socket_connect_timeout": socket_connect_timeout}
    if not url.startswith(SENTINEL_SCHEMES):
        return redis.asyncio.Redis.from_url(url, **options)
    address = SentinelAddress.parse(url)
    tls: dict[str, Any] = {"ssl": True} if address.tls else {}
    sentinel = Sentinel(list(address.sentinels), sentinel_kwargs={**options, **tls})  # type: ignore[no-untyped-call]
    client: redis.asyncio.Redis = sentinel.master_for(
        address.name, db=address.db, username=address.username, password=address.password, **tls, **options
    )
    return client


def check(client: redis.Redis, url: str) -> None:
    """Raise `RedisUnreachableError` unless Redis answers."""
    try:
        client.ping()
    except redis.exceptions.AuthenticationError:
        raise RedisUnreachableError(f"Redis at {printable(url)} refuses the user or the password") from None
    except redis.exceptions.RedisError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise RedisUnreachableError(f"Redis at {printable(url)} cannot be reached: {reason}") from None


def printable(url: str) -> str:
    """The address without user and password."""
    if url.startswith(SENTINEL_SCHEMES):
        address = SentinelAddress.parse(url)
        hosts = ",".join(f"{host}:{port}" for host, port in address.sentinels)
        return f"{url.partition(':')[0]}://{hosts}/{address.name}/{address.db}"
    split_url = urlsplit(url)
    if split_url.scheme == "unix":
        return f"unix://{split_url.path}"
    return f"{split_url.scheme}://{split_url.hostname or ''}:{split_url.port or 6379}{split_url.path}"


def problem(client: redis.Redis, url: str) -> str | None:
    """What keeps Redis from answering, None where nothing does."""
    try:
        check(client, url)
    except RedisUnreachableError as error:
        return str(error)
    return None
