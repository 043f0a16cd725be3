from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.parsing.fields import MAX_COUNT, count, flag, moment, number, parse_json, position, text
from tests.collector.strategies import JSON


class TestParseJson:
    def test_forgives_a_byte_order_mark_and_broken_characters(self) -> None:
        assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
        assert parse_json(b'{"name": "caf\xe9"}') == {"name": "caf�"}

    @pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": 1', b"\xff\xfe"])
    def test_none_for_what_is_no_json(self, body: bytes) -> None:
        assert parse_json(body) is None

    @given(JSON)
    def test_reads_what_anybody_writes(self, value: Any) -> None:
        assert parse_json(json.dumps(value).encode()) == value

    @given(st.binary(max_size=60))
    def test_never_raises(self, body: bytes) -> None:
        parse_json(body)


class TestText:
    @pytest.mark.parametrize(
        ("value", "wanted"),
        [
            ("ST-4", "ST-4"),
            (" ST-4 ", "ST-4"),
            (213688169, "213688169"),
            (7.0, "7"),
            ("", None),
            ("  ", None),
            (None, None),
            (True, None),
            (1.5, None),
            ([], None),
            ("a\ud800", "a?"),
        ],
    )
    def test_values_seen(self, value: Any, wanted: str | None) -> None:
        assert text(value) == wanted


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "wanted"),
        [("15", 15), (15, 15), (15.0, 15), (" 3 ", 3), ("3.0", 3), (0, 0), ("0", 0), (MAX_COUNT, MAX_COUNT)],
    )
    def test_counts(self, value: Any, wanted: int) -> None:
        assert count(value) == wanted

    @pytest.mark.parametrize(
        "value", [None, "", "many", -1, "-3", 1.5, True, MAX_COUNT + 1, 10**400, "nan", "inf", [], {}]
    )
    def test_no_counts(self, value: Any) -> None:
        assert count(value) is None

    @given(JSON)
    def test_whatever_comes_a_count_is_one_or_none(self, value: Any) -> None:
        assert count(value) in (None, *range(MAX_COUNT + 1))
        assert number(value) is None or isinstance(number(value), float)


class TestFlag:
    @pytest.mark.parametrize("value", [True, 1, "1", "true", "TRUE", 1.0])
    def test_yes(self, value: Any) -> None:
        assert flag(value, default=False) is True

    @pytest.mark.parametrize("value", [False, 0, "0", "false", "no", 0.0])
    def test_no(self, value: Any) -> None:
        assert flag(value, default=True) is False

    @pytest.mark.parametrize("value", [None, "maybe", [], {}])
    def test_neither(self, value: Any) -> None:
        assert flag(value, default=True) is True
        assert flag(value, default=False) is False


class TestPosition:
    def test_degrees_in_strings(self) -> None:
        assert position("37.55564880", "126.91062927") == (37.5556488, 126.91062927)

    @pytest.mark.parametrize("pair", [(0.0, 0.0), ("0.0", "126.9"), (None, 126.9), (91, 5), (5, 181), ("x", 5)])
    def test_unknown(self, pair: tuple[Any, Any]) -> None:
        assert position(*pair) == (None, None)


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
        ],
    )
    def test_posix_and_rfc_3339(self, value: Any) -> None:
        assert moment(value) == self.WANTED

    @pytest.mark.parametrize("value", [None, "", 0, 86400, "86400", -62135596800, -(10**18), 10**18, "soon", True, {}])
    def test_times_that_are_none(self, value: Any) -> None:
        assert moment(value) is None

    @given(JSON)
    def test_never_raises(self, value: Any) -> None:
        found = moment(value)
        assert found is None or found.tzinfo is UTC
