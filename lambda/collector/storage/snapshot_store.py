"""What the collector keeps in Redis, and the only place that knows those keys.

Keys carry no expiry: every value carries its time, and readers judge its age. The stream entry is written last, in the
same transaction as the stations' values, so nobody sees half a poll.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson
import redis

from collector.snapshot import Snapshot
from collector.storage.absent_stations import absences
from collector.storage.station_value import JSON_OPTIONS, station_value
from collector.storage.stream_entry import EntryHeader, StreamEntry, StreamEntryError, decode_entry, encode_entry

STATION_PREFIX = "realtime:station:"
STREAM = "stream:snapshots"
STREAM_FIELD = b"s"
HEARTBEAT = "realtime:heartbeat"
COUNTERS = "realtime:counters"
ABSENT = "realtime:absent"  # hash: station id -> epoch seconds of the last window that named it
KEPT = timedelta(days=3)

_ATTEMPTS = 10
_KEYS_A_CALL = 2000
_VALUES_A_CALL = 1000  # parsed in a fifth of a millisecond, which nobody who shares the interpreter waits longer for
_ENTRIES_A_CALL = 64
_BLOCK_SLICE = 2.0  # seconds, below redis-py's default socket timeout of five

__all__ = [
    "EntryHeader",
    "FeedContent",
    "SnapshotStore",
    "StreamEntry",
    "StreamEntryError",
    "decode_entry",
    "encode_entry",
    "stream_id",
]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What a feed is saying, as a hash, and since when it has been saying just that."""

    hash: str
    since: datetime


def stream_id(window: datetime) -> str:
    """The stream entry's id of a poll window: its epoch milliseconds."""
    return f"{int(window.timestamp()) * 1000}-0"


class SnapshotStore:
    """Writes snapshots and reads them back. `client` must be synchronous and return bytes."""

    def __init__(self, client: redis.Redis) -> None:
        if client.get_encoder().decode_responses:
            raise ValueError("the snapshot store needs a Redis client with decode_responses=False")
        self.redis = client

    def publish(self, snapshot: Snapshot, *, at: datetime | None = None, content: FeedContent | None = None) -> bool:
        """Make the snapshot the present. False, and nothing changed, when its window or a later one is there already.

        Stations the feed has not named for a day are removed, at once when the system is another one. `at` is when the
        poll ended (default: when it was observed).
        """
        values = {STATION_PREFIX + s.id: station_value(s, snapshot) for s in snapshot.stations}
        fields: dict[Any, Any] = {STREAM_FIELD: encode_entry(snapshot)}
        beat = _beat(snapshot, at or snapshot.observed_at, content)
        for _ in range(_ATTEMPTS):
            try:
                return self._publish_once(snapshot, values, fields, beat)
            except redis.WatchError:
                continue  # somebody else published meanwhile: look again
        raise redis.WatchError(f"{STREAM} kept changing during {_ATTEMPTS} attempts to publish")

    def entries(self, after: str = "0", count: int | None = None) -> Iterator[StreamEntry]:
        """The stream's entries later than the id `after`, oldest first, at most `count`."""
        left = count
        while left is None or left > 0:
            size = _ENTRIES_A_CALL if left is None else min(left, _ENTRIES_A_CALL)
            rows = self.redis.xrange(STREAM, min=f"({after}", count=size) or []
            yield from _readable(rows)
            if len(rows) < size:
                return
            after = _text(rows[-1][0])
            left = None if left is None else left - size

    def latest(self) -> StreamEntry | None:
        """The newest entry, None when there is none."""
        rows = self.redis.xrevrange(STREAM, count=1) or []
        return next(_readable(rows), None)

    def read(self, after: str, block_ms: int, count: int = _ENTRIES_A_CALL) -> list[StreamEntry]:
        """Entries later than `after` (`$`: from now on), waiting at most `block_ms` for the first."""
        if after == "$":
            newest = self.redis.xrevrange(STREAM, count=1) or []
            after = _text(newest[0][0]) if newest else "0-0"
        until = time.monotonic() + block_ms / 1000
        while True:
            wait = max(1, int(min(until - time.monotonic(), _BLOCK_SLICE) * 1000))
            rows = _rows(self.redis.xread({STREAM: after}, count=count, block=wait))
            found = list(_readable(rows))
            if found or time.monotonic() >= until:
                return found
            after = _text(rows[-1][0]) if rows else after

    def stations(self) -> dict[str, bytes]:
        """Every station's JSON value by id: those of the newest poll, and the ones it missed but nobody forgot yet."""
        newest = self.latest()
        ids = dict.fromkeys(newest.ids if newest else ())
        ids.update(dict.fromkeys(_text(key) for key in self.redis.hkeys(ABSENT)))
        names = list(ids)
        found: list[Any] = []
        for some in _chunks(names, _VALUES_A_CALL):
            found += self.redis.mget([STATION_PREFIX + name for name in some])
        return {name: value for name, value in zip(names, found, strict=True) if value is not None}

    def station(self, station_id: str) -> bytes | None:
        """One station's JSON value."""
        value: Any = self.redis.get(STATION_PREFIX + station_id)
        return value if value is None else bytes(value)

    def heartbeat(self) -> dict[str, Any] | None:
        """How the last poll went: status (ok, partial, frozen, failed), at, failures in a row, the last snapshot."""
        value: Any = self.redis.get(HEARTBEAT)
        return None if value is None else orjson.loads(value)

    def counters(self) -> dict[str, int]:
        """Totals since the beginning: published, duplicates, failures, seen, partial, frozen, rejected:{reason} …"""
        return {_text(name): int(value) for name, value in self.redis.hgetall(COUNTERS).items()}

    def record_failure(self, at: datetime, reason: str, detail: str) -> None:
        """Note that a poll got nothing. The last good values stay; `detail` must be free of secrets."""
        beat = self.heartbeat() or {"snapshot": None, "content": None, "failures": 0}
        beat |= {"status": "failed", "at": at, "failures": beat["failures"] + 1}
        beat["error"] = {"reason": reason, "detail": detail}
        with self.redis.pipeline() as pipe:
            pipe.set(HEARTBEAT, orjson.dumps(beat, option=JSON_OPTIONS))
            pipe.hincrby(COUNTERS, "failures", 1)
            pipe.hincrby(COUNTERS, f"failed:{reason}", 1)
            pipe.execute()

    def reset(self) -> None:
        """Remove all that the collector keeps: before another recording, or a clock that begins again earlier.

        Without it the windows of an earlier time count as old, and are refused.
        """
        for some in _chunks(list(self.stations())):
            self.redis.delete(*(STATION_PREFIX + name for name in some))
        self.redis.delete(STREAM, HEARTBEAT, COUNTERS, ABSENT)

    def _publish_once(self, snapshot: Snapshot, values: dict[str, bytes], fields: dict[Any, Any], beat: bytes) -> bool:
        with self.redis.pipeline() as pipe:
            pipe.watch(STREAM, ABSENT)  # type: ignore[no-untyped-call]
            rows: Any = pipe.xrevrange(STREAM, count=1)
            absent = {_text(k): int(v) for k, v in pipe.hgetall(ABSENT).items()}
            if rows and _window(rows[0][0]) >= snapshot.window:
                pipe.unwatch()
                self.redis.hincrby(COUNTERS, "duplicates", 1)
                return False
            change = absences(snapshot, next(_readable(rows), None), absent)
            pipe.multi()
            for some in _chunks(list(values)):
                pipe.mset({key: values[key] for key in some})
            if change.missing:
                pipe.hset(ABSENT, mapping=cast("dict[Any, Any]", change.missing))
            for some in _chunks(change.settled):
                pipe.hdel(ABSENT, *some)
            for some in _chunks(change.forgotten):
                pipe.delete(*(STATION_PREFIX + name for name in some))
            for name, number in _counts(snapshot).items():
                pipe.hincrby(COUNTERS, name, number)
            pipe.set(HEARTBEAT, beat)
            oldest = stream_id(snapshot.window - KEPT)
            pipe.xadd(STREAM, fields, id=stream_id(snapshot.window), minid=oldest, approximate=False)
            pipe.execute()
        return True


def _counts(snapshot: Snapshot) -> dict[str, int]:
    counts = {"published": 1, "seen": len(snapshot.stations)}
    counts |= {f"rejected:{reason}": number for reason, number in snapshot.rejected.items()}
    return counts | {name: 1 for name in ("partial", "frozen") if getattr(snapshot, name)}


def _beat(snapshot: Snapshot, at: datetime, content: FeedContent | None) -> bytes:
    status = "frozen" if snapshot.frozen else "partial" if snapshot.partial else "ok"
    said = {
        "id": snapshot.id,
        "window": snapshot.window,
        "observed_at": snapshot.observed_at,
        "stations": len(snapshot.stations),
        "rejected": snapshot.rejected,
        "partial": snapshot.partial,
        "frozen": snapshot.frozen,
    }
    beat = {"status": status, "at": at, "failures": 0, "snapshot": said, "content": content}
    return orjson.dumps(beat, option=JSON_OPTIONS)


def _readable(rows: Iterable[Any]) -> Iterator[StreamEntry]:
    for entry_id, fields in rows:
        try:
            yield decode_entry(_text(entry_id), fields.get(STREAM_FIELD, b""))
        except StreamEntryError as error:
            _log.warning("skipped: %s", error)


def _rows(answer: Any) -> list[Any]:
    """The rows of an XREAD on one stream, which RESP2 answers as a list and RESP3 as a map."""
    if not answer:
        return []
    if isinstance(answer, dict):
        return [row for rows in answer.values() for row in (rows[0] if rows and isinstance(rows[0], list) else rows)]
    return list(answer[0][1])


def _window(entry_id: bytes | str) -> datetime:
    return datetime.fromtimestamp(int(_text(entry_id).split("-")[0]) / 1000, UTC)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _chunks(items: list[str], size: int = _KEYS_A_CALL) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
