"""Ready-made Redis commands sent as they are, in a transaction that a lease guards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import redis

from collector.storage.redis_client import follow_primary
from pedalcast.forecasts.leadership.lease import HeldLease, LeaseLostError

CommandBytes = bytes | memoryview
_ATTEMPTS = 5  # a renewal of the lease counts as a change of it; there is one in several seconds


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
        self._refused = False
        self.used = False
        self._watch()

    def write(self, pieces: Iterable[CommandBytes], commands: int) -> None:
        """Run `commands` commands, whose bytes are `pieces`, in one transaction, if the lease is held still.

        A transaction that Redis refuses because the lease was only renewed meanwhile is sent again. Raises
        `LeaseLostError` when it is not held, redis-py's errors when Redis is away or refuses a command: nothing is
        written then. To be called once.
        """
        self.used = True
        whole = tuple(pieces)
        for _ in range(_ATTEMPTS):
            self._check_held()
            self._connection.send_packed_command(_transaction(whole), check_health=False)
            for _ in range(commands + 1):
                self._connection.read_response()  # OK of MULTI, then QUEUED
            if self._connection.read_response() is not None:
                return
            self._refused = True
            self._watch()
        self._check_held()
        self._unwatch()
        raise LeaseLostError(f"the lease {self._lease_key} changed during every one of {_ATTEMPTS} writes")

    def _watch(self) -> None:
        self._connection.send_packed_command([command("WATCH", self._lease_key) + command("GET", self._lease_key)])

    def _check_held(self) -> None:
        _, value = self._connection.read_response(), self._connection.read_response()
        if value == self._held.value:
            return
        self._unwatch()
        if self._refused:
            raise LeaseLostError(f"the lease {self._lease_key} changed hands during the write")
        raise LeaseLostError(f"the lease {self._lease_key} is not held any more")

    def _unwatch(self) -> None:
        self._connection.send_packed_command([command("UNWATCH")])
        self._connection.read_response()


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
