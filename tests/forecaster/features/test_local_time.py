"""Local time: offsets across a change of clocks, holidays."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from forecaster.features.local_time import DAY, WEEK, DaysOff, local_seconds


def epoch(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())


class TestLocalSeconds:
    def test_monday_midnight_is_a_week_s_start(self) -> None:
        monday = np.array([epoch(2026, 11, 15, 15)])  # Monday 00:00 in Seoul
        assert local_seconds(monday, "Asia/Seoul")[0] % WEEK == 0

    def test_clocks_that_change(self) -> None:
        times = np.array([epoch(2021, 11, 7, 5, 30), epoch(2021, 11, 7, 6, 30)])  # 01:30 twice in New York
        local = local_seconds(times, "America/New_York")
        assert local[0] == local[1]

    @pytest.mark.parametrize("zone", ["America/St_Johns", "Australia/Lord_Howe", "America/New_York", "Asia/Kolkata"])
    def test_every_poll_of_a_year_is_at_its_wall_clock_time(self, zone: str) -> None:
        times = np.arange(epoch(2025, 1, 1), epoch(2026, 1, 1), 300)

        local = local_seconds(times, zone)

        offsets = [datetime.fromtimestamp(int(at), ZoneInfo(zone)).utcoffset() for at in times]
        seconds = np.array([offset.total_seconds() for offset in offsets if offset is not None])
        assert np.array_equal(local, times + seconds - 4 * DAY)


class TestDaysOff:
    def test_knows_a_country_s_holidays(self) -> None:
        local = local_seconds(np.array([epoch(2021, 11, 25, 17), epoch(2021, 11, 26, 17)]), "America/New_York")
        assert DaysOff("US")(local // DAY).tolist() == [True, False]

    def test_an_unknown_country_has_none(self) -> None:
        assert not DaysOff(None)(np.arange(1_000)).any()
        assert not DaysOff("ZZ")(np.arange(1_000)).any()
