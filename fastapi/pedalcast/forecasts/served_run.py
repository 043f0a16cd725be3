"""The run that this process serves: bytes kept ready, swapped as one reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pedalcast.forecasts.forecast_run import RunInfo
from pedalcast.forecasts.repository import PublishedRun
from pedalcast.kit.web.cached_response import CachedResponse


@dataclass(frozen=True, slots=True)
class ServedRun:
    """One run, ready to be served. A station's value is cut from the bulk body when it is asked for."""

    info: RunInfo
    whole: CachedResponse
    index: Mapping[str, int]
    offset: int
    width: int

    @classmethod
    def of(cls, run: PublishedRun, before: ServedRun | None = None) -> ServedRun:
        """Ready `run`, not compressed yet; the index of `before` is taken over when the stations are the same."""
        same = before is not None and tuple(before.index) == run.ids
        index = before.index if before is not None and same else {name: place for place, name in enumerate(run.ids)}
        return cls(run.info, CachedResponse.of(run.body, run.info.id, compress=None), index, run.offset, run.width)

    def compressed(self) -> ServedRun:
        """The same with its compressed forms made, which takes longer than the cycle."""
        return replace(self, whole=CachedResponse.of(self.whole.plain, self.info.id))

    def station(self, station_id: str) -> bytes | None:
        """One station's forecast as JSON; None when the run has none for it."""
        place = self.index.get(station_id)
        if place is None:
            return None
        start = self.offset + place * (self.width + 1)
        return self.whole.plain[start : start + self.width]


class ServedRunHolder:
    """Holds what is posted now. Readers take one reference and keep a consistent run; any thread may post."""

    def __init__(self) -> None:
        self.posted: ServedRun | None = None

    def post(self, run: PublishedRun) -> ServedRun:
        """Serve `run` from now on, uncompressed until `compress` is called."""
        self.posted = ServedRun.of(run, self.posted)
        return self.posted

    def compress(self) -> None:
        """Make the compressed forms of what is posted."""
        if (posted := self.posted) is not None:
            ready = posted.compressed()
            if self.posted is posted:  # nothing newer meanwhile
                self.posted = ready

    def whole(self) -> CachedResponse | None:
        """The bulk answer, for the layer in front of the router."""
        return None if self.posted is None else self.posted.whole

    def station(self, station_id: str) -> CachedResponse | None:
        """One station's answer, for the layer in front of the router."""
        posted = self.posted
        value = None if posted is None else posted.station(station_id)
        return None if value is None or posted is None else CachedResponse.of(value, posted.info.id, compress=None)
