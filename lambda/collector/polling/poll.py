"""One poll: ask the feed, judge what it says, publish it, and leave word of how it went."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from collector.clocks import Clock
from collector.errors import FeedError
from collector.feeds import Feed
from collector.parsing.fields import moment
from collector.polling.remembered_stations import lacks, remembered
from collector.snapshot import Snapshot, window_of
from collector.storage.snapshot_store import FeedContent, SnapshotStore
from collector.storage.stream_entry import content_hash

FROZEN_AFTER = timedelta(minutes=30)

Status = Literal["published", "duplicate", "failed"]


@dataclass(frozen=True, slots=True)
class PollResult:
    """How a poll went. `failed`: the feed gave nothing (why: `reason`, `detail`) and the last good values stay;
    `duplicate`: its window was there already. `seconds` is the machine's time the poll took."""

    status: Status
    system: str
    window: datetime
    at: datetime
    seconds: float
    observed_at: datetime | None = None
    stations: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    partial: bool = False
    frozen: bool = False
    reason: str | None = None
    detail: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The result for logs and answers."""
        return asdict(self)


def poll(feed: Feed, store: SnapshotStore, clock: Clock, *, frozen_after: timedelta = FROZEN_AFTER) -> PollResult:
    """Poll once. A fault of the feed is a result and never raises; a fault of Redis does (`redis.RedisError`)."""
    at, started = clock.now(), time.monotonic()
    try:
        snapshot = feed.fetch(at)
    except FeedError as error:
        store.record_failure(at, error.reason, error.detail)
        seconds = time.monotonic() - started
        failed = PollResult("failed", feed.system.id, window_of(at), at, seconds)
        return replace(failed, reason=error.reason, detail=error.detail)
    if lacks(snapshot):
        snapshot = _recalled(snapshot, store)
    snapshot, content = judge(snapshot, at, store.heartbeat(), frozen_after)
    published = store.publish(snapshot, at=at, content=content)
    return PollResult(
        status="published" if published else "duplicate",
        system=snapshot.system.id,
        window=snapshot.window,
        at=at,
        seconds=time.monotonic() - started,
        observed_at=snapshot.observed_at,
        stations=len(snapshot.stations),
        rejected=dict(snapshot.rejected),
        partial=snapshot.partial,
        frozen=snapshot.frozen,
    )


def _recalled(snapshot: Snapshot, store: SnapshotStore) -> Snapshot:
    """The snapshot with what the store knows of the same system's stations."""
    newest = store.latest()
    if newest is None or newest.header.system.id != snapshot.system.id:
        return snapshot
    return remembered(snapshot, store.stations())


def judge(
    snapshot: Snapshot, at: datetime, heartbeat: dict[str, Any] | None, frozen_after: timedelta
) -> tuple[Snapshot, FeedContent]:
    """Notice a feed that goes on saying the same: then its observation is as old as the first time it said so."""
    said = content_hash(snapshot)
    before = (heartbeat or {}).get("content") or {}
    since = (moment(before.get("since")) if before.get("hash") == said else None) or at
    if at - since < frozen_after:
        return snapshot, FeedContent(said, since)
    return replace(snapshot, frozen=True, observed_at=min(snapshot.observed_at, since)), FeedContent(said, since)
