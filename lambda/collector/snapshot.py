"""The one shape every feed becomes: a snapshot of a whole system at one poll."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

POLL_SECONDS = 300
_ID_FORMAT = "%Y%m%dT%H%M%SZ"
UNLIMITED_DOCKS = 9999  # the free docks of a station that takes any number of bikes (GBFS sends no count for it)


@dataclass(frozen=True, slots=True)
class System:
    """A bike-share system: who it is and where its local time runs."""

    id: str
    name: str
    timezone: str  # IANA name, for example "Asia/Seoul"
    language: str = "en"  # BCP 47, of the feed's own texts


@dataclass(frozen=True, slots=True)
class Station:
    """A station as one poll saw it. Counts are whole bikes and docks, positions WGS 84 degrees, times aware UTC.

    `docks` is None where nobody knows how many are free, and `UNLIMITED_DOCKS` where any number of bikes fits.
    `capacity`, `lat`, `lon`, `ebikes` and `reported_at` are None where the feed does not say.
    """

    id: str
    name: str
    bikes: int
    docks: int | None
    lat: float | None = None
    lon: float | None = None
    capacity: int | None = None
    renting: bool = True
    returning: bool = True
    installed: bool = True
    ebikes: int | None = None
    bikes_disabled: int = 0
    docks_disabled: int = 0
    reported_at: datetime | None = None
    names: dict[str, str] = field(default_factory=dict)  # language -> name, where the feed gives several


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole system at one poll.

    `window` is the start of the poll's five-minute window, the key of idempotency; `observed_at` is when the feed says
    the counts were true (the poll's time where it does not say). A `partial` snapshot misses stations because a page or
    a file failed, or does not know their free docks. `rejected` counts what was set aside or mended, by reason. A
    `frozen` one repeats what the feed has been saying unchanged for suspiciously long; its `observed_at` is when it was
    first seen.
    """

    system: System
    window: datetime
    observed_at: datetime
    stations: tuple[Station, ...]
    partial: bool = False
    rejected: dict[str, int] = field(default_factory=dict)
    frozen: bool = False
    stated_at: datetime | None = None  # what the feed's own header says, where that can be believed

    @property
    def id(self) -> str:
        """The snapshot's id, sortable by time: the window as `20261120T100500Z`."""
        return snapshot_id(self.window)


def snapshot_id(window: datetime) -> str:
    """The id of the snapshot of a poll window (aware).

    >>> snapshot_id(datetime(2026, 11, 20, 10, 5, tzinfo=UTC))
    '20261120T100500Z'
    """
    return window.astimezone(UTC).strftime(_ID_FORMAT)


def window_of(at: datetime, seconds: int = POLL_SECONDS) -> datetime:
    """The start, in UTC, of the poll window that `at` (aware) falls into."""
    epoch = int(at.timestamp())
    return datetime.fromtimestamp(epoch - epoch % seconds, UTC)
