"""How the last poll went, in one JSON value: what a poll leaves for the next one and for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from collector.snapshot import Snapshot
from collector.storage.station_value import JSON_OPTIONS

HEARTBEAT = "realtime:heartbeat"


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What a feed is sending: a hash of its stations' counts, and since when it has been sending just that.

    `header` is the time the feed's own header gave at the last poll (None: none), `polled_at` when that poll was.
    `header_stands` says that the counts have changed while the header stood. `change_shares` are 24 shares of polls
    that brought a change, by hour of the day in UTC; empty before any are known.
    """

    hash: str
    since: datetime
    header: datetime | None = None
    polled_at: datetime | None = None
    change_shares: tuple[float, ...] = ()
    header_stands: bool = False


def published_heartbeat(snapshot: Snapshot, at: datetime, content: FeedContent | None) -> bytes:
    """The heartbeat of a poll that published `snapshot` and ended at `at`."""
    status = "frozen" if snapshot.frozen else "partial" if snapshot.partial else "ok"
    summary = {
        "id": snapshot.id,
        "window": snapshot.window,
        "observed_at": snapshot.observed_at,
        "stations": len(snapshot.stations),
        "rejected": snapshot.rejected,
        "partial": snapshot.partial,
        "frozen": snapshot.frozen,
    }
    beat = {"status": status, "at": at, "failures": 0, "snapshot": summary, "content": content}
    return orjson.dumps(beat, option=JSON_OPTIONS)


def failed_heartbeat(previous: dict[str, Any] | None, at: datetime, reason: str, detail: str) -> bytes:
    """The heartbeat of a poll that got nothing: `previous` with one failure more."""
    beat = dict(previous or {"snapshot": None, "content": None, "failures": 0})
    failures = beat.get("failures")
    beat |= {"status": "failed", "at": at, "failures": (failures if isinstance(failures, int) else 0) + 1}
    beat["error"] = {"reason": reason, "detail": detail}
    return orjson.dumps(beat, option=JSON_OPTIONS)


def read_heartbeat(value: bytes | None) -> dict[str, Any] | None:
    """The heartbeat read back: status (ok, partial, frozen, failed), at, failures in a row, snapshot, content.

    None when there is none, or one that cannot be read.
    """
    try:
        beat = None if value is None else orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return beat if isinstance(beat, dict) else None


def content_of(heartbeat: dict[str, Any] | None) -> FeedContent | None:
    """What the feed was sending at the poll that left this heartbeat; None when it does not say."""
    fields = (heartbeat or {}).get("content")
    try:
        if not fields:
            return None
        header, polled_at = fields.get("header"), fields.get("polled_at")
        return FeedContent(
            hash=str(fields["hash"]),
            since=datetime.fromisoformat(fields["since"]),
            header=datetime.fromisoformat(header) if header else None,
            polled_at=datetime.fromisoformat(polled_at) if polled_at else None,
            change_shares=tuple(float(share) for share in fields.get("change_shares") or ()),
            header_stands=bool(fields.get("header_stands")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
