"""Where a page of a list ends: the id of its last row, opaque to clients so that it may change."""

from __future__ import annotations

import base64
import binascii

from pedalcast.kit.errors import PedalcastError


class CursorError(PedalcastError):
    """The cursor is none of ours."""

    def __init__(self) -> None:
        super().__init__(422, "invalid_cursor", "The cursor is not one that a list gave.")


def encode_cursor(row_id: int) -> str:
    """The cursor of the page that ends with this row.

    >>> decode_cursor(encode_cursor(17))
    17
    """
    return base64.urlsafe_b64encode(f"id:{row_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> int | None:
    """The id of the row a page ended with, None for the first page. Raises `CursorError`."""
    if cursor is None:
        return None
    try:
        kind, _, digits = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise CursorError from None
    if kind != "id" or not digits.isdecimal() or len(digits) > 18:
        raise CursorError
    return int(digits)
