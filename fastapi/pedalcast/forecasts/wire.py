"""Ready-made Redis commands sent as they are, in a transaction that a lease guards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import redis

from pedalcast.forecasts.lease import Held, LeaseLostError

Part = bytes | memoryview


def command(*arguments: bytes | str | int) -> bytes:
    """One command in the Redis protocol."""
    texts = [a if isinstance(a, bytes) else str(a).encode() for a in arguments]
    return b"*%d\r\n" % len(texts) + b"".join(b"$%d\r\n%s\r\n" % (len(text), text) for text in texts)


def guarded(client: redis.Redis, lease_key: str, held: Held, parts: Iterable[Part], commands: int) -> None:
    """Run `commands` commands, whose bytes are `parts`, in one transaction, if `held` is the lease still.

    The lease is watched: when it changes hands between the look and the end, Redis refuses the whole. Raises
    `LeaseLostError` then, and redis-py's errors when Redis is away or refuses a command: nothing is written then.
    """
    with _connection(client) as connection:
        connection.send_packed_command([command("WATCH", lease_key) + command("GET", lease_key)])
        _, value = connection.read_response(), connection.read_response()
        if value != held.value:
            connection.send_packed_command([command("UNWATCH")])
            connection.read_response()
            raise LeaseLostError(f"the lease {lease_key} is not held any more")
        connection.send_packed_command(_transaction(parts), check_health=False)
        for _ in range(commands + 1):
            connection.read_response()  # OK of MULTI, then QUEUED
        if connection.read_response() is None:
            raise LeaseLostError(f"the lease {lease_key} changed hands during the write")


def _transaction(parts: Iterable[Part]) -> Iterator[Part]:
    """Small parts joined into one packet, large ones as they are."""
    small = command("MULTI")
    for part in parts:
        if len(part) > 4096:
            if small:
                yield small
            small = b""
            yield part
        else:
            small += bytes(part)
    yield small + command("EXEC")


@contextmanager
def _connection(client: redis.Redis) -> Iterator[Any]:
    """A connection of the client's pool; closed when something went wrong, so that no stale answer stays in it."""
    pool: Any = client.connection_pool
    connection = pool.get_connection()
    try:
        yield connection
    except LeaseLostError:
        raise
    except BaseException:
        connection.disconnect()
        raise
    finally:
        pool.release(connection)
