"""The simulated city of the run: lived through three weeks when it is new, gone on with when it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import structlog

from collector.feeds.simulated_city import SYSTEM, SimulatedCity
from collector.snapshot import POLL_SECONDS, Snapshot, window_of
from collector.storage.snapshot_store import SnapshotStore
from forecaster.history import History, SystemRecord
from pedalcast.embedded.data_folder import write_private
from pedalcast.embedded.sources.snapshot_rows import station_rows, status_rows
from pedalcast.embedded.steps import StepProgress

PAST = timedelta(days=21)
WARM = timedelta(hours=26)  # what goes through the stream, so that the window of the forecasts is full
POLL = timedelta(seconds=POLL_SECONDS)
SEED = 7
STATIONS_DEFAULT = 200
log = structlog.get_logger(__name__)


class SimulatedPast:
    """The city and its file. What happens in it depends on its seed and the clock alone."""

    def __init__(self, path: Path, *, stations: int = STATIONS_DEFAULT, past: timedelta = PAST) -> None:
        self._path = path
        self._size = stations
        self.new = True
        self.feed = SimulatedCity(SEED, stations, datetime.now(UTC) - past)
        self._restore()

    def _restore(self) -> None:
        if not self._path.exists():
            return
        try:
            self.feed.restore(orjson.loads(self._path.read_bytes()))
        except (ValueError, KeyError, TypeError) as error:
            log.warning("the kept city cannot be gone on with, a new one begins", reason=str(error))
            return
        self.new = False

    def keep(self) -> None:
        """Write down where the city has come to."""
        write_private(self._path, orjson.dumps(self.feed.state()))

    @property
    def now(self) -> datetime:
        """The minute the city has come to."""
        return self.feed.town.now

    def live_until(self, end: datetime, history: History, store: SnapshotStore, advance: StepProgress) -> int:
        """Live up to `end`: what is long past straight into the history, the last hours as polls of the stream.

        The archiver takes the polls from there, so nothing is written twice. Returns the number of polls.
        """
        start = window_of(self.now) + POLL
        polls = list(_times(start, end))
        warm_from = end - WARM
        days: list[Snapshot] = []
        for number, at in enumerate(polls):
            snapshot = self.feed.fetch(at)
            if at >= warm_from:
                store.publish(snapshot)
            else:
                days.append(snapshot)
            if days and (len(days) == 288 or at + POLL >= warm_from):
                _write(history, days)
                days.clear()
                self.keep()  # a run that is stopped here goes on here
            advance((number + 1) / len(polls))
        self.keep()
        return len(polls)


def _times(start: datetime, end: datetime) -> list[datetime]:
    count = max(0, (end - start) // POLL + 1)
    return [start + POLL * number for number in range(count)]


def _write(history: History, snapshots: list[Snapshot]) -> None:
    rows = status_rows(snapshots)
    history.write(rows)
    history.update_table(station_rows(rows, snapshots[-1]))
    if history.system() is None:
        history.set_system(SystemRecord(id=SYSTEM.id, name=SYSTEM.name, timezone=SYSTEM.timezone, country="KR"))
