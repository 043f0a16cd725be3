"""Feeds: one file each, every one of them turns what its source sends into snapshots."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from collector.snapshot import Snapshot, System


class Feed(Protocol):
    """A source of snapshots."""

    @property
    def system(self) -> System:
        """The system it reports on; a feed that has to ask for it may know it only after the first fetch."""
        ...

    def fetch(self, at: datetime) -> Snapshot:
        """The system at `at` (aware), the time of the poll. Raises `FeedError`."""
        ...
