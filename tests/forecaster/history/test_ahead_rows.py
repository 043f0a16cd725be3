"""Rows with a time that has not come: out of the history, and nowhere lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from forecaster.history import History
from forecaster.history.ahead_rows import ASIDE, set_ahead_rows_aside
from forecaster.history.file_schema import hour_key, read_status
from tests.forecaster.history.test_past_reader import rows

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOW = int(NOON.timestamp())


class TestSetAside:
    def test_only_what_lies_more_than_a_poll_ahead_is_moved(self, history: History) -> None:
        for minutes in (-5, 4, 30, 120):
            history.write(rows(NOON + timedelta(minutes=minutes), a=1, b=2))
        assert set_ahead_rows_aside(history, NOW) == 4
        assert history.span() == (NOON - timedelta(minutes=5), NOON + timedelta(minutes=4))
        kept = [read_status(history.objects.get(ASIDE + hour_key(NOW + 60 * m)).data) for m in (30, 120)]
        assert [frame["ts"].unique().to_list() for frame in kept] == [
            [NOON + timedelta(minutes=30)],
            [NOON + timedelta(minutes=120)],
        ]

    def test_again_adds_to_what_was_moved(self, history: History) -> None:
        for minutes in (30, 40):
            history.write(rows(NOON + timedelta(minutes=minutes), a=1))
            assert set_ahead_rows_aside(history, NOW) == 1
        assert read_status(history.objects.get(ASIDE + hour_key(NOW)).data).height == 2
        assert set_ahead_rows_aside(history, NOW) == 0

    def test_a_damaged_hour_is_left_alone(self, history: History) -> None:
        history.objects.put(hour_key(NOW + 7200), b"no parquet")
        assert set_ahead_rows_aside(history, NOW) == 0
