"""A recorded city: its past imported, its last stretch played back as if it were live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from collector.clocks import Clock
from collector.feeds import Feed
from collector.feeds.replay_feed import ReplayFeed
from collector.snapshot import window_of
from forecaster.importing import ImportRefused, import_recorded
from forecaster.recorded_polls import RecordedPolls
from pedalcast.embedded.errors import RunError
from pedalcast.embedded.paced_clock import PacedClock
from pedalcast.embedded.run_options import RunOptions
from pedalcast.embedded.sources.base import PollSource, RunStores
from pedalcast.embedded.steps import Steps

WARM = timedelta(hours=26)  # what goes through the stream beforehand, so that the window of the forecasts is full


class ReplaySource(PollSource):
    """Begins anew at every run: what an earlier replay archived would be knowledge of the future."""

    afresh = True

    def __init__(self, options: RunOptions, steps: Steps) -> None:
        if options.status is None or options.stations is None:
            raise RunError("a replay needs its files: --status FILE.parquet --stations FILE.parquet")
        self._files = (options.status, options.stations)
        self._options = options
        recording = self._recorded()
        first, last = recording.span
        self.start = _hour(last - options.replayed) + timedelta(hours=1)
        if self.start <= first:
            raise RunError(f"{options.status} spans only {last - first}: nothing would lie before the replayed part")
        self.system_id = f"replay-{recording.system.id}"
        self._feed = ReplayFeed(recording.system, iter(self._recorded(start=self.start)))
        dates = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}, played from {self.start:%Y-%m-%d %H:%M} UTC"
        steps.done(f"Recording: {recording.system.name}, {dates}")

    @property
    def feed(self) -> Feed:
        return self._feed

    @property
    def over(self) -> bool:
        return self._feed.over

    def prepare(self, stores: RunStores, steps: Steps) -> None:
        """Import what lies before, and send its last hours through the stream."""
        span, newest = stores.history.span(), stores.stream.latest()
        if span is not None or newest is not None:
            raise RunError(
                "a replay needs an empty Redis and object store: unset REDIS_URL and S3_BUCKET, or empty them"
            )
        with steps.progress("Importing what lies before") as advance, _refusals():
            report = import_recorded(
                stores.history, *self._files, events=self._options.events, until=self.start, on_progress=advance
            )
        steps.done(f"Imported {report.polls_kept} polls of {report.stations} stations")
        warm = self._recorded(start=self.start - WARM, end=self.start)
        with steps.progress("Filling the window of the forecasts") as advance:
            for number, snapshot in enumerate(warm, 1):
                stores.stream.publish(snapshot)
                advance(number / len(warm))

    @property
    def trains_first(self) -> bool:
        return True

    def clock(self) -> Clock:
        """One on which the first poll, a window's end later, meets the first record."""
        begins = self._feed.begins or self.start
        return PacedClock(window_of(begins - timedelta(seconds=1)), self._options.speed)

    def _recorded(self, start: datetime | None = None, end: datetime | None = None) -> RecordedPolls:
        status, stations = self._files
        with _refusals():
            return RecordedPolls(status, stations, events=self._options.events, start=start, end=end)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the import's complaints, which are one line each, into the run's."""
    try:
        yield
    except ImportRefused as error:
        raise RunError(str(error)) from None


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
