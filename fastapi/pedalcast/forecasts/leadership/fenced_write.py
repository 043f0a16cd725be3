"""Ready-made Redis commands sent as they are, in a transaction that a lease guards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import redis

from collector.storage.redis_client import follow_primary
from pedalcast.forecasts.leadership.lease import HeldLease, LeaseLostError

CommandBytes = bytes | memoryview


def command(*arguments: bytes | str | int) -> bytes:
    """One command in the Redis protocol."""
    texts = [a if isinstance(a, bytes) else str(a).encode() for a in arguments]
    return b"*%d\r\n" % len(texts) + b"".join(b"$%d\r\n%s\r\n" % (len(text), text) for text in texts)


class FencedWrite:
    """A transaction to come, on a connection that watches the lease already."""

    def __init__(self, connection: Any, lease_key: str, held: HeldLease) -> None:
        self._connection = connection
        self._lease_key = lease_key
        self._held = held
        self.used = False
        connection.send_packed_command([command("WATCH", lease_key) + command("GET", lease_key)])

    def write(self, pieces: Iterable[CommandBytes], commands: int) -> None:
        """Run `commands` commands, whose bytes are `pieces`, in one transaction, if the lease is held still.

        Raises `LeaseLostError` when it is not, redis-py's errors when Redis is away or refuses a command: nothing is
        written then. To be called once.
        """
        self.used = True
        connection = self._connection
        _, value = connection.read_response(), connection.read_response()
        if value != self._held.value:
            connection.send_packed_command([command("UNWATCH")])
            connection.read_response()
            raise LeaseLostError(f"the lease {self._lease_key} is not held any more")
        connection.send_packed_command(_transaction(pieces), check_health=False)
        for _ in range(commands + 1):
            connection.read_response()  # OK of MULTI, then QUEUED
        if connection.read_response() is None:
            raise LeaseLostError(f"the lease {self._lease_key} changed hands during the write")


@contextmanager
def fenced_write(client: redis.Redis, lease_key: str, held: HeldLease) -> Iterator[FencedWrite]:
    """Watch the lease from here on: when it changes hands before the write has ended, Redis refuses the whole.

    Opened before the work starts whose result is to be written, so that the look at the lease costs no waiting.
    """
    follow_primary(client)
    with _connection(client) as connection:
        watching = FencedWrite(connection, lease_key, held)
        yield watching
        if not watching.used:
            connection.disconnect()  # with its unread answers


def _transaction(pieces: Iterable[CommandBytes]) -> Iterator[CommandBytes]:
    """Small parts joined into one packet, large ones as they are."""
    small = command("MULTI")
    for piece in pieces:
        if len(piece) > 4096:
            if small:
                yield small
            small = b""
            yield piece
        else:
            small += bytes(piece)
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
