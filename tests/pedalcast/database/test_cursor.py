"""Cursors that no list gave."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedalcast.database.cursor import CursorError, decode_cursor, encode_cursor


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_comes_back(row_id: int) -> None:
    assert decode_cursor(encode_cursor(row_id)) == row_id


@pytest.mark.parametrize("cursor", ["", "x", "=", "한", "aWQ6", base64.urlsafe_b64encode(b"id:-1").decode(), "é" * 9])
def test_others_are_refused(cursor: str) -> None:
    with pytest.raises(CursorError):
        decode_cursor(cursor)


@given(st.text(max_size=64))
def test_whatever_comes_is_a_cursor_or_refused(cursor: str) -> None:
    with contextlib.suppress(CursorError):
        assert isinstance(decode_cursor(cursor), int)
