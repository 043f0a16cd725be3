from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.parsing.fields import flag, parse_json, position, short_text, text
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

    def test_more_values_than_any_feed_has_are_none(self) -> None:
        assert parse_json(b"[" + b"{}," * 2_000_001 + b"{}]") is None
        assert parse_json(b"[" + b"1," * 8_000_001 + b"1]") is None


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
            pytest.param(10**5000, None, id="5,000 digits"),
            (1e300, None),
            ("a\nb\x00", "a b"),
        ],
    )
    def test_values_seen(self, value: Any, wanted: str | None) -> None:
        assert text(value) == wanted

    def test_a_short_text_is_one_of_at_most_so_many_characters(self) -> None:
        assert short_text("abc", 3) == "abc"
        assert short_text("abcd", 3) is None


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

    @pytest.mark.parametrize("pair", [(0.0, 0.0), ("0.0", "0"), (None, 126.9), ("x", 5), (float("nan"), 5)])
    def test_unknown(self, pair: tuple[Any, Any]) -> None:
        assert position(*pair) == (None, None)
