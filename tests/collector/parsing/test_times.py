from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.parsing.times import moment
from tests.collector.strategies import JSON


class TestMoment:
    WANTED = datetime(2024, 3, 21, 9, 25, 53, tzinfo=UTC)

    @pytest.mark.parametrize(
        "value",
        [
            1711013153,
            "1711013153",
            1711013153.9,
            "2024-03-21T09:25:53Z",
            "2024-03-21T09:25:53.343Z",
            "2024-03-21T10:25:53+01:00",
            "2024-03-21T09:25:53",
            1711013153343,
            "1711013153343",
            1711013153343000,
            1711013153343000000,
            "2024-03-21t09:25:53z",
            "2024-03-21 09:25:53.343434Z",
            "2024-03-21T09:25:53.343434343Z",
            "2024-03-21 09:25:53 UTC",
            "2024-03-21T10:25:53 +0100",
            "Thu, 21 Mar 2024 09:25:53 GMT",
            "Thursday, 21-Mar-24 09:25:53 GMT",
            "20240321092553",
            "20240321T092553Z",
            "2024-03-21T18:25:53+9",
            "2024-03-21T18:25:53 GMT+9",
            "2024-03-21T18:25:53+09:00[Asia/Seoul]",
            "2024/03/21 09:25:53",
            "2024-03-21T09:24:53.5\u221200:01",
            "２０２４-03-21T09:25:53Z",
            "/Date(1711013153343)/",
            "Thu, 21 Mar 2024 09:25:53 -0000",
        ],
    )
    def test_every_notation(self, value: Any) -> None:
        assert moment(value) == self.WANTED

    @pytest.mark.parametrize(
        "value",
        [
            "2024-03-21T18:25:53",
            "2024-03-21 18:25:53",
            "2024/03/21 18:25:53",
            "20240321182553",
            20240321182553,
            "2024-03-21 18:25:53 KST",
            "Thu, 21 Mar 2024 18:25:53 KST",
            "Thu, 21 Mar 2024 18:25:53",
        ],
    )
    def test_local_time_of_a_zone(self, value: Any) -> None:
        assert moment(value, ZoneInfo("Asia/Seoul")) == self.WANTED

    @pytest.mark.parametrize("hour", [0, 1])
    def test_when_clocks_are_put_back_it_is_the_later_time_that_is_not_in_the_future(self, hour: int) -> None:
        at = datetime(2026, 10, 25, hour, 40, tzinfo=UTC)

        found = moment("2026-10-25T01:30:00", ZoneInfo("Europe/London"), at)

        assert found == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("words", "hour"),
        [("2026-10-25 01:30:00 BST", 0), ("2026-10-25 01:30:00 GMT", 1), ("2026-10-25 01:30:00 CET", None)],
    )
    def test_an_abbreviation_of_the_zone_says_which(self, words: str, hour: int | None) -> None:
        found = moment(words, ZoneInfo("Europe/London"))

        assert found == (None if hour is None else datetime(2026, 10, 25, hour, 30, tzinfo=UTC))

    @pytest.mark.parametrize("value", ["2026-11-19T23:59:60Z", "2026-11-19T24:00:00Z", "2026-11-19 24:00"])
    def test_the_end_of_a_day_and_a_leap_second(self, value: str) -> None:
        assert moment(value) == datetime(2026, 11, 20, tzinfo=UTC)

    @pytest.mark.parametrize(
        "value",
        [
            None,
            "1_711_013_153",
            "Thu, 21 Mar 2024 18:25:53 XYZ",
            "",
            0,
            86400,
            "86400",
            -62135596800,
            -(10**18),
            10**17,
            "soon",
            True,
            {},
        ],
    )
    def test_times_that_are_none(self, value: Any) -> None:
        assert moment(value) is None

    @given(JSON | st.text(max_size=40))
    def test_never_raises(self, value: Any) -> None:
        found = moment(value)
        assert found is None or found.tzinfo is UTC
