"""Errors of notices."""

from __future__ import annotations

from pedalcast.kit.errors import NotFoundError, PedalcastError


class NoticeNotFoundError(NotFoundError):
    """No such notice, or it was removed."""

    def __init__(self) -> None:
        super().__init__("There is no such notice.", "notice_not_found")


class NoticeTimesError(PedalcastError):
    """The notice would end before it starts."""

    def __init__(self) -> None:
        super().__init__(422, "notice_times", "A notice ends after it starts.")
