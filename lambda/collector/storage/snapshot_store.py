"""What the collector keeps in Redis. Stations, stream entries and the heartbeat are written by their own modules.

Keys carry no expiry: every value carries its time, and readers judge its age. The stream entry is written last, in the
same transaction as the stations' values, so nobody sees half a poll.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, cast

import redis

from collector.snapshot import POLL_SECONDS, Snapshot
from collector.storage.absent_stations import Absences, absences
from collector.storage.heartbeat import HEARTBEAT, FeedContent, failed_heartbeat, published_heartbeat, read_heartbeat
from collector.storage.redis_client import follow_primary
from collector.storage.station_value import STATION_PREFIX, StationValue, read_stations, station_key, station_value
from collector.storage.stream_entry import (
    STREAM,
    STREAM_FIELD,
    EntryHeader,
    StreamEntry,
    StreamEntryError,
    decode_entry,
    encode_entry,
    read_rows,
    rows_of_answer,
    stream_id,
    window_of_entry,
)
from collector.storage.stream_rewind import rewind

COUNTERS = "realtime:counters"
ABSENT = "realtime:absent"  # hash: station id -> epoch seconds of the last window that named it
KEPT = timedelta(days=3)
AHEAD = timedelta(seconds=POLL_SECONDS)  # how far a window may begin after the present; beyond it a clock was wrong

_ATTEMPTS = 10
_KEYS_A_CALL = 2000
_VALUES_A_CALL = 1000  # parsed in a fifth of a millisecond, which nobody who shares the interpreter waits longer for
_ENTRIES_A_CALL = 64
_BLOCK_SLICE = 2.0  # seconds, below redis-py's default socket timeout of five

__all__ = [
    "STATION_PREFIX",
    "STREAM",
    "STREAM_FIELD",
    "EntryHeader",
    "FeedContent",
    "Publication",
    "SnapshotStore",
    "StreamEntry",
    "StreamEntryError",
    "decode_entry",
    "encode_entry",
    "stream_id",
]

_log = logging.getLogger(__name__)


class Publication(Enum):
    """What became of a snapshot that was handed over to be published."""

    PUBLISHED = "published"
    REPLACED = "replaced"  # published, and windows that lay in the future were removed
    DUPLICATE = "duplicate"  # its window was there already
    OUTDATED = "outdated"  # a later window, not in the future, was there already

    @property
    def stored(self) -> bool:
        """Whether the snapshot is the present now."""
        return self in (Publication.PUBLISHED, Publication.REPLACED)


class SnapshotStore:
    """Writes snapshots and reads them back. `client` must be synchronous and return bytes.

    >>> from datetime import UTC
    >>> from collector.snapshot import Snapshot, Station, System
    >>> store = SnapshotStore(redis_client)  # redis.Redis.from_url("redis://127.0.0.1:6379/0")
    >>> noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
    >>> station = Station("ST-4", "City Hall", bikes=3, docks=7, lat=37.566, lon=126.978)
    >>> snapshot = Snapshot(System("seoul", "Seoul Bike", "Asia/Seoul"), noon, noon, (station,))
    >>> store.publish(snapshot), store.publish(snapshot)
    (True, False)
    >>> store.latest().ids, store.latest().values("bikes")
    (('ST-4',), [3])
    >>> store.station_values()["ST-4"].observed_at == noon
    True
    """

    def __init__(self, client: redis.Redis) -> None:
        if client.get_encoder().decode_responses:
            raise ValueError("the snapshot store needs a Redis client with decode_responses=False")
        self.redis = client

    def publish(self, snapshot: Snapshot, *, at: datetime | None = None, content: FeedContent | None = None) -> bool:
        """Make the snapshot the present. False, and nothing changed, when its window or a later one is there already.

        See `submit`, which says why.
        """
        return self.submit(snapshot, at=at, content=content).stored

    def submit(
        self, snapshot: Snapshot, *, at: datetime | None = None, content: FeedContent | None = None
    ) -> Publication:
        """Make the snapshot the present, and say what became of it.

        Stations the feed has not named for a day are removed, at once when the system is another one. `at` is when the
        poll ended (default: when it was observed). With `at`, windows that begin more than one poll after it can only
        come from a clock that was ahead: they are removed, and the snapshot is published.
        """
        values = {station_key(s.id): station_value(s, snapshot) for s in snapshot.stations}
        fields: dict[Any, Any] = {STREAM_FIELD: encode_entry(snapshot)}
        beat = published_heartbeat(snapshot, at or snapshot.observed_at, content)
        follow_primary(self.redis)
        for _ in range(_ATTEMPTS):
            try:
                return self._submit_once(snapshot, values, fields, beat, at)
            except redis.WatchError:
                continue  # somebody else published meanwhile: look again
        raise redis.WatchError(f"{STREAM} kept changing during {_ATTEMPTS} attempts to publish")

    def entries(self, after: str = "0", count: int | None = None) -> Iterator[StreamEntry]:
        """The stream's entries later than the id `after`, oldest first, at most `count`."""
        wanted = count
        while wanted is None or wanted > 0:
            size = _ENTRIES_A_CALL if wanted is None else min(wanted, _ENTRIES_A_CALL)
            rows = self.redis.xrange(STREAM, min=f"({after}", count=size) or []
            yield from read_rows(rows)
            if len(rows) < size:
                return
            after = _text(rows[-1][0])
            wanted = None if wanted is None else wanted - size

    def latest(self) -> StreamEntry | None:
        """The newest entry, None when there is none."""
        rows = self.redis.xrevrange(STREAM, count=1) or []
        return next(read_rows(rows), None)

    def read(self, after: str, block_ms: int, count: int = _ENTRIES_A_CALL) -> list[StreamEntry]:
        """Entries later than `after` (`$`: from now on), waiting at most `block_ms` for the first.

        Where the newest entry is older than `after`, windows in the future have been replaced: the newest is returned.
        """
        newest: Any = self.redis.xrevrange(STREAM, count=1) or []
        if after == "$":
            after = _text(newest[0][0]) if newest else "0-0"
        elif newest and _order(newest[0][0]) < _order(after):
            return list(read_rows(newest))
        until = time.monotonic() + block_ms / 1000
        while True:
            wait = max(1, int(min(until - time.monotonic(), _BLOCK_SLICE) * 1000))
            rows = rows_of_answer(self.redis.xread({STREAM: after}, count=count, block=wait))
            entries = list(read_rows(rows))
            if entries or time.monotonic() >= until:
                return entries
            after = _text(rows[-1][0]) if rows else after

    def stations(self) -> dict[str, bytes]:
        """Every station's JSON value by id: those of the newest poll, and the ones it missed but nobody forgot yet."""
        newest = self.latest()
        ids = dict.fromkeys(newest.ids if newest else ())
        ids.update(dict.fromkeys(_text(key) for key in self.redis.hkeys(ABSENT)))
        return self._values(list(ids))

    def station_values(self, ids: Iterable[str] | None = None) -> dict[str, StationValue]:
        """Stations as they stand, by id: these, or every one. Missing and unreadable ones are left out."""
        return read_stations(self.stations() if ids is None else self._values(list(ids)))

    def station(self, station_id: str) -> bytes | None:
        """One station's JSON value."""
        value: Any = self.redis.get(station_key(station_id))
        return value if value is None else bytes(value)

    def heartbeat(self) -> dict[str, Any] | None:
        """How the last poll went: status (ok, partial, frozen, failed), at, failures in a row, the last snapshot."""
        value: Any = self.redis.get(HEARTBEAT)
        return read_heartbeat(value)

    def counters(self) -> dict[str, int]:
        """Totals since the beginning: published, duplicates, outdated, replaced, failures, seen, rejected:{reason} …"""
        return {_text(name): int(value) for name, value in self.redis.hgetall(COUNTERS).items()}

    def record_failure(self, at: datetime, reason: str, detail: str) -> None:
        """Note that a poll got nothing. The last good values stay; `detail` must be free of secrets."""
        beat = failed_heartbeat(self.heartbeat(), at, reason, detail)
        with self.redis.pipeline() as pipe:
            pipe.set(HEARTBEAT, beat)
            pipe.hincrby(COUNTERS, "failures", 1)
            pipe.hincrby(COUNTERS, f"failed:{reason}", 1)
            pipe.execute()

    def _values(self, ids: list[str]) -> dict[str, bytes]:
        values: list[Any] = []
        for some in _chunks(ids, _VALUES_A_CALL):
            values += self.redis.mget([station_key(station_id) for station_id in some])
        return {station_id: value for station_id, value in zip(ids, values, strict=True) if value is not None}

    def _submit_once(
        self, snapshot: Snapshot, values: dict[str, bytes], fields: dict[Any, Any], beat: bytes, at: datetime | None
    ) -> Publication:
        with self.redis.pipeline() as pipe:
            pipe.watch(STREAM, ABSENT)  # type: ignore[no-untyped-call]
            rows: Any = pipe.xrevrange(STREAM, count=1)
            absent = {_text(k): int(v) for k, v in pipe.hgetall(ABSENT).items()}
            newest = window_of_entry(rows[0][0]) if rows else None
            ahead = newest is not None and at is not None and newest > max(at + AHEAD, snapshot.window)
            if newest is not None and newest >= snapshot.window and not ahead:
                pipe.unwatch()
                return self._refused(newest == snapshot.window)
            change = absences(snapshot, next(read_rows(rows), None), absent)
            rewinding = rewind(pipe, snapshot.window) if ahead else None
            pipe.multi()
            if rewinding is not None:
                rewinding(pipe)
            _write(pipe, values, change)
            for name, number in _counts(snapshot, replaced=ahead).items():
                pipe.hincrby(COUNTERS, name, number)
            pipe.set(HEARTBEAT, beat)
            oldest = stream_id(snapshot.window - KEPT)
            pipe.xadd(STREAM, fields, id=stream_id(snapshot.window), minid=oldest, approximate=False)
            pipe.execute()
        if ahead:
            _log.warning("newest window in the future, replaced: %s by %s", newest, snapshot.window)
        return Publication.REPLACED if ahead else Publication.PUBLISHED

    def _refused(self, same_window: bool) -> Publication:  # noqa: FBT001 the one thing that it depends on
        refusal = Publication.DUPLICATE if same_window else Publication.OUTDATED
        self.redis.hincrby(COUNTERS, "duplicates" if same_window else "outdated", 1)
        return refusal


def _write(pipe: Any, values: dict[str, bytes], change: Absences) -> None:
    """Queue the stations' values and what becomes of absent stations."""
    for some in _chunks(list(values)):
        pipe.mset({key: values[key] for key in some})
    if change.missing:
        pipe.hset(ABSENT, mapping=cast("dict[Any, Any]", change.missing))
    for some in _chunks(change.settled):
        pipe.hdel(ABSENT, *some)
    for some in _chunks(change.forgotten):
        pipe.delete(*(station_key(station_id) for station_id in some))


def _counts(snapshot: Snapshot, *, replaced: bool) -> dict[str, int]:
    counts = {"published": 1, "seen": len(snapshot.stations)}
    counts |= {f"rejected:{reason}": number for reason, number in snapshot.rejected.items()}
    counts |= {name: 1 for name in ("partial", "frozen") if getattr(snapshot, name)}
    return counts | ({"replaced": 1} if replaced else {})


def _order(entry_id: bytes | str) -> tuple[int, int]:
    """An entry's id as numbers, which compare as Redis compares ids."""
    first, _, second = _text(entry_id).partition("-")
    return int(first), int(second or 0)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _chunks(items: list[str], size: int = _KEYS_A_CALL) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
