from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collector.errors import FeedError
from collector.feeds.replay_feed import ReplayFeed
from collector.snapshot import Snapshot, Station, System, window_of

CITY = System("city", "City", "Asia/Seoul")
START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def minutes(number: float) -> datetime:
    return START + timedelta(minutes=number)


def recording(*times: float) -> ReplayFeed:
    stations = (Station("a", "a", 1, 1),)
    return ReplayFeed(CITY, (Snapshot(CITY, window_of(minutes(t)), minutes(t), stations) for t in times))


class TestReplay:
    def test_shows_the_newest_record_at_or_before_the_time(self) -> None:
        feed = recording(0, 5, 10, 15)

        assert feed.fetch(minutes(0)).observed_at == minutes(0)
        assert feed.fetch(minutes(11)).observed_at == minutes(10)
        assert feed.begins == START

    def test_never_shows_what_is_still_to_come(self) -> None:
        feed = recording(0, 5)

        assert feed.fetch(minutes(4.99)).observed_at == minutes(0)

    def test_between_two_records_the_earlier_one_stands(self) -> None:
        feed = recording(0, 13)

        assert [feed.fetch(minutes(t)).observed_at for t in (0, 5, 10)] == [START] * 3

    def test_a_longer_silence_is_an_outage(self) -> None:
        feed = recording(0, 90)
        feed.fetch(minutes(0))

        with pytest.raises(FeedError) as caught:
            feed.fetch(minutes(30))
        assert caught.value.reason == "gap"
        assert feed.fetch(minutes(90)).observed_at == minutes(90)

    def test_before_the_first_and_after_the_last(self) -> None:
        feed = recording(0)

        with pytest.raises(FeedError, match="begins at 2026-11-20T10:00") as early:
            feed.fetch(minutes(-1))
        assert early.value.reason == "not_begun"
        feed.fetch(minutes(0))
        assert feed.over
        with pytest.raises(FeedError) as late:
            feed.fetch(minutes(5))
        assert late.value.reason == "over"

    def test_an_empty_recording_is_over(self) -> None:
        feed = recording()

        assert feed.over
        assert feed.begins is None
        with pytest.raises(FeedError):
            feed.fetch(START)
