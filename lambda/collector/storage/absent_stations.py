"""Stations that the feed has stopped naming: kept for a day, then forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from collector.snapshot import Snapshot
from collector.storage.stream_entry import StreamEntry

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Absences:
    """What one poll changes: newly `missing` (id -> epoch seconds of the last window that named it), `settled` (named
    again, or forgotten: no longer to be remembered as absent) and `forgotten` (their values are to go)."""

    missing: dict[str, int]
    settled: list[str]
    forgotten: list[str]


def absences(snapshot: Snapshot, previous: StreamEntry | None, absent: dict[str, int]) -> Absences:
    """Compare a poll with the one before it and with those remembered as `absent`."""
    named = {s.id for s in snapshot.stations}
    ids_before = set(previous.ids) if previous else set()
    since = int(min(previous.header.window, snapshot.window).timestamp()) if previous else 0
    missing = {name: absent.get(name, since) for name in (ids_before | absent.keys()) - named}
    forgotten = _forgotten(snapshot, previous, missing)
    return Absences(
        missing={name: at for name, at in missing.items() if name not in absent and name not in forgotten},
        settled=[name for name in absent if name in named or name in forgotten],
        forgotten=sorted(forgotten),
    )


def _forgotten(snapshot: Snapshot, previous: StreamEntry | None, missing: dict[str, int]) -> set[str]:
    if previous is not None and previous.header.system.id != snapshot.system.id:
        return set(missing)  # another city: the old one's stations are nobody's any more
    if snapshot.partial:
        return set()  # gone, or on the page that failed: a partial poll cannot tell
    limit = (snapshot.window - FORGOTTEN_AFTER).timestamp()
    return {name for name, at in missing.items() if at <= limit}
