"""The run that this process serves: bytes kept ready, swapped as one reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pedalcast.forecasts.encoding.chance_text import ChanceText
from pedalcast.forecasts.forecast_run import RunInfo
from pedalcast.forecasts.repository import PublishedRun
from pedalcast.forecasts.run_chances import RunChances
from pedalcast.forecasts.schemas import ChanceField
from pedalcast.kit.web.cached_response import BRISK, CachedResponse

Fields = tuple[ChanceField, ...]


@dataclass(frozen=True, slots=True)
class ServedRun:
    """One run, ready to be served. A station's value is cut from `stations` when it is asked for: the bulk body with
    every field, whose values are `station_width` bytes wide.

    `variants` are bulk bodies with further fields: those that were asked for in this run or the one before.
    """

    info: RunInfo
    whole: CachedResponse
    index: Mapping[str, int]
    offset: int
    width: int
    stations: bytes
    station_width: int
    chances: RunChances | None = None
    text: ChanceText | None = None
    variants: dict[Fields, CachedResponse] = field(default_factory=dict)
    asked: frozenset[Fields] = frozenset()

    @classmethod
    def of(cls, run: PublishedRun, before: ServedRun | None = None) -> ServedRun:
        """Ready `run`, not compressed yet; the index of `before` is taken over when the stations are the same."""
        same = before is not None and tuple(before.index) == run.ids
        index = before.index if before is not None and same else {name: place for place, name in enumerate(run.ids)}
        text = None if run.chances is None else ChanceText(run.chances)
        stations, width = run.body, run.width
        if text is not None:
            stations = text.in_body(run.body, run.offset, run.width, tuple(text.texts))
            width += text.width
        whole = CachedResponse.of(run.body, run.info.id, compress=None)
        asked = frozenset() if before is None else frozenset(before.variants)
        return cls(run.info, whole, index, run.offset, run.width, stations, width, run.chances, text, asked=asked)

    def compressed(self) -> ServedRun:
        """The same with its compressed forms made, and the variants that are asked for, which takes longer than the
        cycle."""
        for fields in self.asked:
            self.variant(fields)
        return replace(self, whole=CachedResponse.of(self.whole.plain, self.info.id))

    def variant(self, fields: Fields) -> CachedResponse:
        """The bulk body with further fields, kept; the body itself where the run has no chances."""
        if self.text is None or not fields:
            return self.whole
        response = self.variants.get(fields)
        if response is None:
            body = self.text.in_body(self.whole.plain, self.offset, self.width, fields)
            response = CachedResponse.of(body, f"{self.info.id}.{'.'.join(fields)}", compress=BRISK)
            self.variants[fields] = response
        return response

    def station(self, station_id: str) -> bytes | None:
        """One station's forecast as JSON; None when the run has none for it."""
        place = self.index.get(station_id)
        if place is None:
            return None
        start = self.offset + place * (self.station_width + 1)
        return self.stations[start : start + self.station_width]


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
