"""Addresses and names in the form in which two that look alike are equal."""

from __future__ import annotations

import unicodedata


def normal_email(address: str) -> str:
    """The address without regard to case and to how its letters are encoded."""
    return unicodedata.normalize("NFKC", address.strip()).casefold()


def username_key(username: str) -> str:
    """The name without regard to case and to how its letters are encoded."""
    return unicodedata.normalize("NFKC", username.strip()).casefold()
