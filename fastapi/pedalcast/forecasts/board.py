"""The run that this process serves: bytes kept ready, swapped as one reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pedalcast.forecasts.repository import Published
from pedalcast.forecasts.run import RunInfo
from pedalcast.kit.kept import Kept


@dataclass(frozen=True, slots=True)
class Posted:
    """One run, ready to be served. A station's value is cut from the bulk body when it is asked for."""

    info: RunInfo
    whole: Kept
    index: Mapping[str, int]
    offset: int
    width: int

    @classmethod
    def of(cls, run: Published, before: Posted | None = None) -> Posted:
        """Ready `run`, not compressed yet; the index of `before` is taken over when the stations are the same."""
        same = before is not None and tuple(before.index) == run.ids
        index = before.index if before is not None and same else {name: place for place, name in enumerate(run.ids)}
        return cls(run.info, Kept.of(run.body, run.info.id, compress=None), index, run.offset, run.width)

    def compressed(self) -> Posted:
        """The same with its compressed forms made, which takes longer than the cycle."""
        return replace(self, whole=Kept.of(self.whole.plain, self.info.id))

    def station(self, station_id: str) -> bytes | None:
        """One station's forecast as JSON; None when the run has none for it."""
        place = self.index.get(station_id)
        if place is None:
            return None
        start = self.offset + place * (self.width + 1)
        return self.whole.plain[start : start + self.width]


class Board:
    """Holds what is posted now. Readers take one reference and keep a consistent run; any thread may post."""

    def __init__(self) -> None:
        self.posted: Posted | None = None

    def post(self, run: Published) -> Posted:
        """Serve `run` from now on, uncompressed until `compress` is called."""
        self.posted = Posted.of(run, self.posted)
        return self.posted

    def compress(self) -> None:
        """Make the compressed forms of what is posted."""
        if (posted := self.posted) is not None:
            ready = posted.compressed()
            if self.posted is posted:  # nothing newer meanwhile
                self.posted = ready

    def whole(self) -> Kept | None:
        """The bulk answer, for the layer in front of the router."""
        return None if self.posted is None else self.posted.whole

    def station(self, station_id: str) -> Kept | None:
        """One station's answer, for the layer in front of the router."""
        posted = self.posted
        value = None if posted is None else posted.station(station_id)
        return None if value is None or posted is None else Kept.of(value, posted.info.id, compress=None)
