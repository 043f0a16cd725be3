"""What can go wrong with a feed, in words that are safe to log."""

from __future__ import annotations


class FeedError(Exception):
    """A poll that got nothing, or a page of it that did.

    `reason` is a short stable code (a counter's name), `transient` says that trying again may help, and `detail` is one
    line for people, free of secrets.
    """

    def __init__(self, reason: str, detail: str, *, transient: bool = False, retry_after: float | None = None) -> None:
        super().__init__(f"{detail} ({reason})")
        self.reason = reason
        self.detail = detail
        self.transient = transient
        self.retry_after = retry_after  # seconds the server asked for


class ConfigError(Exception):
    """A setting is missing or makes no sense; the message names it."""
