from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from collector.parsing.numbers import MAX_COUNT, below_zero, count, number
from tests.collector.strategies import JSON


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "wanted"),
        [("15", 15), (15, 15), (15.0, 15), (" 3 ", 3), ("3.0", 3), (0, 0), ("0", 0), (MAX_COUNT, MAX_COUNT)],
    )
    def test_counts(self, value: Any, wanted: int) -> None:
        assert count(value) == wanted

    @pytest.mark.parametrize(
        "value", [None, "", "many", "1_2", -101, "-300", 1.5, True, MAX_COUNT + 1, 10**400, "nan", "inf", [], {}]
    )
    def test_no_counts(self, value: Any) -> None:
        assert count(value) is None

    @pytest.mark.parametrize("value", [-1, "-3", -100, "\u22122"])
    def test_a_little_below_zero_is_none(self, value: Any) -> None:
        assert (count(value), below_zero(value)) == (0, True)

    @given(JSON)
    def test_whatever_comes_a_count_is_one_or_none(self, value: Any) -> None:
        assert count(value) in (None, *range(MAX_COUNT + 1))
        assert number(value) is None or isinstance(number(value), float)
