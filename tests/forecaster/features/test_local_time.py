"""Local time: offsets across a change of clocks, holidays."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

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


class TestDaysOff:
    def test_knows_a_country_s_holidays(self) -> None:
        local = local_seconds(np.array([epoch(2021, 11, 25, 17), epoch(2021, 11, 26, 17)]), "America/New_York")
        assert DaysOff("US")(local // DAY).tolist() == [True, False]

    def test_an_unknown_country_has_none(self) -> None:
        assert not DaysOff(None)(np.arange(1_000)).any()
        assert not DaysOff("ZZ")(np.arange(1_000)).any()
