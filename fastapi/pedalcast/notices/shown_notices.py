"""The notices of this process: read by endpoints and by the chat's threads without asking the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pedalcast.notices.schemas import NoticeView


class ShownNotices:
    """Written by one refresher, read from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._notices: tuple[NoticeView, ...] = ()
        self.version = 0
        """Grows with every `put` that brings a change: what was published and removed again leaves a trace."""

    def put(self, notices: Sequence[NoticeView]) -> None:
        """Show these from now on, each in its time."""
        if tuple(notices) != self._notices:
            self._notices = tuple(notices)
            self.version += 1

    def current(self) -> tuple[NoticeView, ...]:
        """Those in force."""
        now = self._now()
        return tuple(
            notice
            for notice in self._notices
            if notice.starts_at <= now and (notice.ends_at is None or now < notice.ends_at)
        )

    def closed_stations(self) -> frozenset[str]:
        """Ids of the stations that a notice closes."""
        return frozenset(notice.station_id for notice in self.current() if notice.station_id is not None)

    def about(self, station_ids: Sequence[str], lang: str) -> list[str]:
        """Sentences for somebody who asks about these stations: of notices for all, and of those that close one."""
        return [
            notice.text.ko if lang == "ko" else notice.text.en
            for notice in self.current()
            if notice.station_id is None or notice.station_id in station_ids
        ]
