"""The forecasts in Redis, and the only module that knows their keys.

A station's forecast lies under `byte_layout.STATION_PREFIX` + its id. No expiry: every value carries its times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import redis
import structlog
from pydantic import ValidationError

from collector.storage.stream_entry import STREAM, StreamEntry, read_rows, window_of_entry
from pedalcast.forecasts.encoding.byte_layout import STATION_PREFIX
from pedalcast.forecasts.encoding.byte_matrix import ByteMatrix
from pedalcast.forecasts.forecast_run import RunInfo
from pedalcast.forecasts.leadership.fenced_write import CommandBytes, command, fenced_write
from pedalcast.forecasts.leadership.lease import HeldLease
from pedalcast.forecasts.run_chances import RunChances
from pedalcast.forecasts.schemas import StationForecast

ALL = "prediction:all"  # hash: info, ids, head (its length), width, chances (as `RunChances` writes them), body
RUNS = "stream:forecasts"  # an entry a run, for replicas that did not make it
_RUNS_KEPT = 16
_NEWEST_ID = "local rows = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1) return rows[1] and rows[1][1]"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """The last run as every replica can read it: the bulk body, and where each station's value lies in it."""

    info: RunInfo
    ids: tuple[str, ...]
    body: bytes
    offset: int  # of the first station's value
    width: int  # of every station's value; a comma stands between two
    chances: RunChances | None = field(default=None, compare=False)  # None where an older version published the run


@dataclass(frozen=True, slots=True)
class StreamUpdate:
    """Polls (oldest first) and ids of runs since the last call."""

    entries: tuple[StreamEntry, ...]
    runs: tuple[str, ...]


class ForecastRepository:
    """Writes forecasts under a lease and reads them back. `client` is synchronous and returns bytes."""

    def __init__(self, client: redis.Redis, lease_key: str) -> None:
        self._redis = client
        self._lease_key = lease_key

    @contextmanager
    def writing(self, held: HeldLease) -> Iterator[Callable[[ByteMatrix, Iterable[str]], None]]:
        """Watch the lease, and give what writes every station's forecast at once.

        It takes the run's sheet and the ids of stations that no longer exist, whose forecasts are removed. Raises
        `LeaseLostError` when the lease has changed hands since, redis-py's errors when Redis is away: nothing is
        written then.
        """
        with fenced_write(self._redis, self._lease_key, held) as transaction:
            yield lambda sheet, removed: transaction.write(*_forecasts(sheet, removed))

    def publish(self, held: HeldLease, run: PublishedRun) -> None:
        """Make the run the one that replicas serve, and announce it to them. Raises `LeaseLostError`."""
        chances = b"" if run.chances is None else run.chances.to_bytes()
        texts = ("info", _dump(run.info), "ids", orjson.dumps(run.ids), "chances", chances)
        fields = (*texts, "head", run.offset, "width", run.width)
        size = b"$%d\r\n" % len(run.body)
        opening = command("HSET", ALL, *fields, "body", b"").removesuffix(b"$0\r\n\r\n") + size
        announcement = command("XADD", RUNS, "MAXLEN", "~", _RUNS_KEPT, "*", "run", run.info.id)
        with fenced_write(self._redis, self._lease_key, held) as transaction:
            transaction.write([opening, run.body, b"\r\n" + announcement], 2)

    def published(self) -> PublishedRun | None:
        """The last run; None when there is none."""
        fields: Any = self._redis.hmget(ALL, ["info", "ids", "head", "width", "body", "chances"])
        if None in fields[:-1]:
            return None
        info, ids, head, width, body, chances = fields
        known = RunChances.from_bytes(chances) if chances else None
        return PublishedRun(_load(info), tuple(orjson.loads(ids)), body, int(head), int(width), known)

    def station(self, station_id: str) -> bytes | None:
        """One station's forecast as it lies in Redis."""
        value: Any = self._redis.get(STATION_PREFIX + station_id)
        return None if value is None else bytes(value)

    def forecasts(self, station_ids: Sequence[str]) -> dict[str, StationForecast]:
        """The forecasts of these stations by id; those without one, or whose value cannot be read, are left out."""
        if not station_ids:
            return {}
        values: Any = self._redis.mget([STATION_PREFIX + station_id for station_id in station_ids])
        forecasts = {}
        for station_id, value in zip(station_ids, values, strict=True):
            if value is not None and (forecast := _read_forecast(station_id, value)) is not None:
                forecasts[station_id] = forecast
        return forecasts


class StreamReader:
    """Waits for polls and runs on a client of its own; none is lost between two calls."""

    def __init__(self, client: redis.Redis, after: str = "0-0") -> None:
        self._redis = client
        self._newest_id = client.register_script(_NEWEST_ID)
        self._after: dict[Any, Any] = {STREAM: after, RUNS: self._newest_run()}

    def wait(self, block_ms: int) -> StreamUpdate:
        """What is new, at once; nothing after `block_ms`."""
        answer: Any = self._redis.xread(self._after, block=block_ms)
        pairs = answer.items() if isinstance(answer, dict) else answer or ()
        rows: dict[str, list[Any]] = {key.decode(): _flatten(answered) for key, answered in pairs}
        for key, new_rows in rows.items():
            self._after[key] = new_rows[-1][0].decode()
        if not rows:
            self._follow_replaced()
        runs = tuple(fields[b"run"].decode() for _, fields in rows.get(RUNS, ()))
        return StreamUpdate(tuple(read_rows(rows.get(STREAM, ()))), runs)

    def _follow_replaced(self) -> None:
        """Go back where the newest poll is older than the last one read: polls in the future have been replaced."""
        newest: Any = self._newest_id(keys=[STREAM])
        if newest is not None and window_of_entry(newest) < window_of_entry(self._after[STREAM]):
            self._after[STREAM] = f"{int(newest.partition(b'-')[0]) - 1}-0"

    def _newest_run(self) -> str:
        newest: Any = self._redis.xrevrange(RUNS, count=1)
        return newest[0][0].decode() if newest else "0-0"


def _forecasts(sheet: ByteMatrix, removed: Iterable[str]) -> tuple[list[CommandBytes], int]:
    """The commands that write a run, and their number."""
    commands, number = list(sheet.commands()), len(sheet.layout.chunks)
    if keys := [STATION_PREFIX + name for name in removed]:
        return [*commands, command("UNLINK", *keys)], number + 1
    return commands, number


def _read_forecast(station_id: str, value: bytes) -> StationForecast | None:
    try:
        return StationForecast.model_validate_json(value)
    except ValidationError as error:
        log.warning("forecast unreadable, station skipped", station=station_id, errors=error.error_count())
        return None


def _flatten(answered: Any) -> list[Any]:
    """The rows of one stream, which RESP3 wraps in one more list."""
    return answered[0] if answered and isinstance(answered[0], list) else answered


def _dump(info: RunInfo) -> bytes:
    return orjson.dumps(info)


def _load(value: bytes) -> RunInfo:
    raw = orjson.loads(value)
    return RunInfo(**{**raw, "minutes": tuple(raw["minutes"])})
