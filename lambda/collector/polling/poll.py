"""One poll: ask the feed, judge what it says, publish it, and leave word of how it went."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from collector.clocks import Clock
from collector.errors import FeedError
from collector.feeds import Feed
from collector.polling.freshness import FROZEN_AFTER, judge_freshness
from collector.polling.remembered_stations import with_remembered
from collector.snapshot import window_of
from collector.storage.heartbeat import content_of
from collector.storage.snapshot_store import Publication, SnapshotStore

Status = Literal["published", "duplicate", "outdated", "failed"]
_STATUSES: dict[Publication, Status] = {
    Publication.PUBLISHED: "published",
    Publication.REPLACED: "published",
    Publication.DUPLICATE: "duplicate",
    Publication.OUTDATED: "outdated",
}


@dataclass(frozen=True, slots=True)
class PollResult:
    """How a poll went. `failed`: the feed gave nothing (why: `reason`, `detail`) and the last good values stay;
    `duplicate`: its window was there already; `outdated`: a later one was. `replaced` says that windows in the future,
    left by a clock that was ahead, had to go. `seconds` is the machine's time the poll took."""

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
    replaced: bool = False
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
    snapshot = with_remembered(snapshot, store)
    snapshot, content = judge_freshness(snapshot, at, content_of(store.heartbeat()), frozen_after)
    publication = store.submit(snapshot, at=at, content=content)
    return PollResult(
        status=_STATUSES[publication],
        replaced=publication is Publication.REPLACED,
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
