"""A recorded history played back: whoever has it hands over its snapshots, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from collector.errors import FeedError
from collector.snapshot import Snapshot, System

OUTAGE = timedelta(minutes=30)  # silence of the recording that long counts as an outage of the feed


class ReplayFeed:
    """The newest recorded snapshot at or before the time asked for; time runs on the recording's clock.

    Between two records the earlier one is shown again, so that a recording with longer intervals than the poll's gives
    duplicate windows and no faults. `FeedError`: "gap" in a longer silence, "not_begun" before the first record, "over"
    after the last.
    """

    def __init__(self, system: System, recorded: Iterator[Snapshot]) -> None:
        self.system = system
        self._recorded = recorded
        self._shown: Snapshot | None = None
        self._next: Snapshot | None = next(recorded, None)
        self.begins = self._next.observed_at if self._next else None

    @property
    def over(self) -> bool:
        """Whether the recording has been played to its end."""
        return self._next is None

    def fetch(self, at: datetime) -> Snapshot:
        """The snapshot to show at `at`; those passed over in between are dropped."""
        fresh = False
        while self._next is not None and self._next.observed_at <= at:
            self._shown, self._next, fresh = self._next, next(self._recorded, None), True
        if self._shown is not None and (fresh or (self._next is not None and at - self._shown.observed_at < OUTAGE)):
            return self._shown
        raise self._silence()

    def close(self) -> None:
        """Nothing is held open."""

    def _silence(self) -> FeedError:
        if self._next is None:
            return FeedError("over", "the recording has come to its end")
        if self._shown is None:
            return FeedError("not_begun", f"the recording begins at {self._next.observed_at.isoformat()}")
        return FeedError("gap", f"the recording goes on at {self._next.observed_at.isoformat()}")
