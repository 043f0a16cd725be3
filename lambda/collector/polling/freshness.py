"""How fresh a feed's counts are, judged by what they do and not by its header alone.

A header that stands while counts change is not believed: the counts are as fresh as the poll. Counts that stand while
the header moves are believed as long as this city's counts may well stand so long: how often a poll brings a change is
learned for every hour of the day.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

from collector.snapshot import POLL_SECONDS, Snapshot
from collector.storage.heartbeat import FeedContent
from collector.storage.stream_entry import content_hash

FROZEN_AFTER = timedelta(minutes=30)  # the least time after which a feed that says the same counts as frozen
CHANGES_MISSED = 12.0  # changes that were to be expected meanwhile; none happens by chance once in 160,000 times
CHANGES_A_STATION = 0.002  # expected in one poll of a station of which nothing is known yet

_WEIGHT = 1 / 24  # of one poll among those of its hour of the day: about two days' worth count
_SUREST = 0.98  # a share of changing polls above this says nothing more
_LONGEST = 2016  # polls looked back on: a week of them
_HOURS = 24
_LEARNED_OF_FROZEN = 12  # polls


def judge_freshness(
    snapshot: Snapshot, at: datetime, previous: FeedContent | None, frozen_after: timedelta = FROZEN_AFTER
) -> tuple[Snapshot, FeedContent]:
    """The snapshot with the time its counts can be held to be of, and what the next poll compares itself with.

    `previous` is what the last poll left, None at the first. A frozen snapshot is as old as its counts' first poll.
    """
    digest, header = content_hash(snapshot), snapshot.stated_at
    shares = _shares(previous, len(snapshot.stations))
    if previous is None or previous.hash != digest:
        stands = previous is not None and header is not None and header == previous.header
        if previous is not None:
            shares = _learned(shares, previous, at)
        content = FeedContent(digest, at, header, at, shares, header_stands=stands)
        return (replace(snapshot, observed_at=at) if stands else snapshot), content
    since = min(previous.since, at)
    stands = previous.header_stands and header == previous.header
    content = FeedContent(digest, since, header, at, shares, header_stands=stands)
    if at - since >= frozen_after and expected_changes(shares, since, at) >= CHANGES_MISSED:
        return replace(snapshot, frozen=True, observed_at=min(snapshot.observed_at, since)), content
    return (replace(snapshot, observed_at=at) if stands else snapshot), content


def expected_changes(shares: tuple[float, ...], since: datetime, at: datetime) -> float:
    """How many changes the polls after `since` up to `at` would usually have brought."""
    return sum(-math.log1p(-min(shares[moment.hour], _SUREST)) for moment in _polls(since, at))


def _shares(previous: FeedContent | None, stations: int) -> tuple[float, ...]:
    """The shares learned so far; without any, what a city of so many stations is expected to do."""
    if previous is not None and len(previous.change_shares) == _HOURS:
        return previous.change_shares
    return (1 - math.exp(-CHANGES_A_STATION * stations),) * _HOURS


def _learned(shares: tuple[float, ...], previous: FeedContent, at: datetime) -> tuple[float, ...]:
    """With the polls since the last change: none brought one but that at `at`. Of a frozen feed little is learned."""
    hours = list(shares)
    quiet = _polls(previous.since, min(previous.polled_at or at, at))
    if expected_changes(shares, previous.since, at) >= CHANGES_MISSED:
        quiet = quiet[:_LEARNED_OF_FROZEN]
    for moment in quiet:
        hours[moment.hour] -= _WEIGHT * hours[moment.hour]
    hours[at.hour] += _WEIGHT * (1.0 - hours[at.hour])
    return tuple(round(share, 5) for share in hours)


def _polls(since: datetime, at: datetime) -> list[datetime]:
    count = min(int((at - since).total_seconds() // POLL_SECONDS), _LONGEST)
    return [since + timedelta(seconds=POLL_SECONDS * number) for number in range(1, count + 1)]
