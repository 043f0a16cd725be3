"""The archiver: writes every poll of the stream into the history exactly once, also after a crash."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import polars as pl
import redis

from collector.clocks import Clock
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.stream_entry import STREAM, StreamEntry, read_rows, rows_of_answer
from forecaster.archiving.poll_rows import entry_rows, station_rows
from forecaster.history import History, SystemRecord
from forecaster.history.ahead_rows import set_ahead_rows_aside
from forecaster.objects import ObjectDamaged
from forecaster.timezones import country_of

GROUP = "archiver"
ABANDONED = timedelta(minutes=1)  # an entry not acknowledged for so long belongs to a dead consumer
TABLE_EVERY = timedelta(hours=1)
AHEAD_EVERY = timedelta(hours=1)
BATCH = 48  # entries: four hours of polls

T = TypeVar("T")
_log = logging.getLogger(__name__)


class SystemMismatch(Exception):  # noqa: N818 - reads better where it is raised and caught
    """The feed's stations have nothing in common with those of the history: it is another city's."""


class Archiver:
    """A consumer of the stream that writes polls into the history and acknowledges them after the write.

    After a crash between write and acknowledgement the entry is written again, which changes nothing. Several archivers
    may run; each entry goes to one of them. `consumer` (the host by default) takes up its own unacknowledged entries
    at once after a restart; those of other consumers are claimed once they count as `abandoned`. With a `clock`, rows
    of the future are set aside every hour, and after every poll that lies in the future. Not thread-safe.
    """

    def __init__(
        self,
        store: SnapshotStore,
        history: History,
        *,
        group: str = GROUP,
        consumer: str | None = None,
        abandoned: timedelta = ABANDONED,
        clock: Clock | None = None,
    ) -> None:
        self._redis = store.redis
        self._store = store
        self._history = history
        self._group = group
        self._consumer = consumer or socket.gethostname()
        self._abandoned_ms = int(abandoned.total_seconds() * 1000)
        self._ids_raw = b""  # the stations that the table is known to hold, as the newest entry named them
        self._table_at = datetime.min.replace(tzinfo=UTC)
        self._clock = clock
        self._ahead_at = datetime.min.replace(tzinfo=UTC)
        self._unfinished = True  # entries may have been handed to this consumer and never acknowledged

    def run_once(self) -> int:
        """Archive all entries that wait, unfinished and abandoned ones first; how many. Blocks for none.

        Raises `redis.RedisError` and the store's `ObjectError`; what was not acknowledged comes again. `SystemMismatch`
        when the history is another city's.
        """
        try:
            archived = self._drain()
        except redis.ResponseError as error:
            if not str(error).startswith("NOGROUP"):
                raise
            self._make_group()
            archived = self._drain()
        self._set_ahead_aside()
        return archived

    def waiting(self) -> int:
        """Entries handed out but not acknowledged yet."""
        try:
            pending: Any = self._redis.xpending(STREAM, self._group)
        except redis.ResponseError:
            return 0  # there is no group yet
        return int(pending["pending"])

    def _drain(self) -> int:
        archived = 0
        sources = [self._own, self._abandoned, self._new] if self._unfinished else [self._abandoned, self._new]
        self._unfinished = True  # until all went well
        for source in sources:
            while rows := source():
                archived += self._archive(rows)
        self._unfinished = False
        return archived

    def _make_group(self) -> None:
        try:
            self._redis.xgroup_create(STREAM, self._group, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):  # another archiver made it meanwhile
                raise

    def _abandoned(self) -> list[Any]:
        """Entries that a dead consumer had, now ours; those that were trimmed meanwhile come without fields."""
        idle = self._abandoned_ms
        pending: Any = self._redis.xpending_range(STREAM, self._group, "-", "+", BATCH, idle=idle)
        ids = [entry["message_id"] for entry in pending]
        if not ids:
            return []
        claimed: Any = self._redis.xclaim(STREAM, self._group, self._consumer, idle, ids, justid=True)
        with self._redis.pipeline(transaction=False) as pipe:
            for entry_id in claimed:
                pipe.xrange(STREAM, entry_id, entry_id)
            replies = pipe.execute()
        return [rows[0] if rows else (entry_id, None) for entry_id, rows in zip(claimed, replies, strict=True)]

    def _own(self) -> list[Any]:
        """Entries that this consumer had and never acknowledged; of those trimmed meanwhile only the ids are left."""
        return self._read("0")

    def _new(self) -> list[Any]:
        return self._read(">")

    def _read(self, after: str) -> list[Any]:
        answer: Any = self._redis.xreadgroup(self._group, self._consumer, {STREAM: after}, count=BATCH)
        return rows_of_answer(answer)

    def _archive(self, rows: list[Any]) -> int:
        entries = list(read_rows(rows))
        if entries:
            self._write(entries)
        self._redis.xack(STREAM, self._group, *(row[0] for row in rows))
        return len(entries)

    def _write(self, entries: list[StreamEntry]) -> None:
        polls = pl.concat([entry_rows(entry) for entry in entries])
        self._update_table(entries[-1], polls)
        self._history.write(polls)
        if self._clock is not None and entries[-1].header.observed_at > self._clock.now():
            self._ahead_at = datetime.min.replace(tzinfo=UTC)

    def _set_ahead_aside(self) -> None:
        if self._clock is None:
            return
        now = self._clock.now()
        if not timedelta(0) <= now - self._ahead_at < AHEAD_EVERY:
            set_ahead_rows_aside(self._history, int(now.timestamp()))
            self._ahead_at = now

    def _update_table(self, newest: StreamEntry, polls: pl.DataFrame) -> None:
        """Write new stations to the table at once, other changes once an hour."""
        at = newest.header.observed_at
        if newest.ids_raw == self._ids_raw and at - self._table_at < TABLE_EVERY:
            return
        table = _unless_damaged(self._history.table)
        if table is not None and table.join(polls, on="station_id", how="semi").is_empty():
            raise SystemMismatch(
                f"no station of the feed {newest.header.system.id!r} is in {self._history.objects!r}: "
                "that is another city's history"
            )
        if _unless_damaged(self._history.system) is None:
            system = newest.header.system
            record = SystemRecord(system.id, system.name, system.timezone, country_of(system.timezone))
            self._history.set_system(record)
        self._history.update_table(station_rows(polls, self._store.station_values()))
        self._ids_raw, self._table_at = newest.ids_raw, at


def _unless_damaged(read: Callable[[], T | None]) -> T | None:
    """What `read` returns; None where it is damaged, and will be written anew from the polls."""
    try:
        return read()
    except ObjectDamaged:
        return None
