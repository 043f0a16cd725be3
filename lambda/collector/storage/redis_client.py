"""Clients of Redis by address, of one server or of the primary that a Sentinel names."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import redis
from redis.connection import parse_url
from redis.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool

from collector.errors import ConfigError

SENTINEL_SCHEMES = ("redis+sentinel://", "rediss+sentinel://")
SENTINEL_PORT = 26379
ADDRESSES = "a redis://, rediss:// or unix:// address, or redis+sentinel://host:port,host:port/name/0"


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """`redis+sentinel://[user:password@]host[:port][,host[:port]…]/name[/db]`; with `rediss+sentinel` all speak TLS.

    User and password are those of the servers behind the Sentinels.
    """

    sentinels: tuple[tuple[str, int], ...]
    name: str
    db: int
    tls: bool
    username: str | None
    password: str | None

    @classmethod
    def parse(cls, url: str) -> SentinelAddress:
        """Read an address. ValueError when it is none; the message repeats nothing of it."""
        scheme, _, after_scheme = url.partition("://")
        authority, _, path = after_scheme.partition("?")[0].partition("/")
        user, at, hosts = authority.rpartition("@")
        name, _, db = path.partition("/")
        if f"{scheme}://" not in SENTINEL_SCHEMES or not name or not hosts:
            raise ValueError("not the address of a Sentinel")
        username, _, password = user.partition(":")
        return cls(
            tuple(_host_and_port(host) for host in hosts.split(",")),
            name,
            int(db or "0"),
            scheme.startswith("rediss"),
            unquote(username) or None if at else None,
            unquote(password) or None if at else None,
        )


def redis_client(url: str, **options: Any) -> redis.Redis:
    """A client of the address in `REDIS_URL`; nothing is sent yet. `ConfigError` when it is no address of Redis."""
    check_redis_address(url)
    if not url.startswith(SENTINEL_SCHEMES):
        return redis.Redis.from_url(url, **options)
    address = SentinelAddress.parse(url)
    limits = {name: options[name] for name in ("socket_timeout", "socket_connect_timeout") if name in options}
    # Sentinels answer at once or not at all: a follower's long blocking time is not theirs.
    limits["socket_timeout"] = min(limits.get("socket_timeout") or 2.0, 2.0)
    sentinel = Sentinel(  # type: ignore[no-untyped-call]
        list(address.sentinels), sentinel_kwargs={"ssl": True, **limits} if address.tls else limits
    )
    client: redis.Redis = sentinel.master_for(  # type: ignore[no-untyped-call]
        address.name,
        db=address.db,
        username=address.username,
        password=address.password,
        **({"ssl": True} if address.tls else {}),
        **options,
    )
    return client


def follow_primary(client: redis.Redis) -> None:
    """Ask the Sentinels where the primary is, and drop idle connections to any other. To be called before a write that
    must not be lost.

    A former primary that was silent and wakes takes writes until its Sentinel makes it a replica some ten seconds
    later, and loses them then; a connection that stayed open would go on writing there. While Sentinels say that there
    is no primary, the write fails with `MasterNotFoundError`. Nothing changes while none of them answers, or where
    there are none.
    """
    pool = client.connection_pool
    if not isinstance(pool, SentinelConnectionPool):
        return
    try:
        pool.get_master_address()  # type: ignore[no-untyped-call]
    except MasterNotFoundError:
        if any(_answers(sentinel) for sentinel in pool.sentinel_manager.sentinels):
            pool.disconnect(inuse_connections=False)


def _answers(sentinel: redis.Redis) -> bool:
    with suppress(redis.RedisError):
        return bool(sentinel.ping())
    return False


def check_redis_address(url: str) -> None:
    """Raise `ConfigError` when `url` is no address of Redis; its message carries no password."""
    try:
        if url.startswith(SENTINEL_SCHEMES):
            SentinelAddress.parse(url)
        else:
            parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:  # whose message may repeat a part of the password
        raise ConfigError(f"REDIS_URL: it must be {ADDRESSES}") from None


def _host_and_port(text: str) -> tuple[str, int]:
    """`host:port`, `host` or `[v6]:port`. ValueError when it is neither."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(SENTINEL_PORT)
    host = host.strip("[]")
    if not host:
        raise ValueError("a host is missing")
    return host, int(port)
