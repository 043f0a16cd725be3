"""The chances of at least 1, 2, 3 and 5 as JSON, put into the values that `byte_matrix` has written.

A station's value has fixed width, so the places where its horizons end are the same for all; the text goes in there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from forecaster.arrays import Floats
from pedalcast.forecasts.encoding import fixed_width
from pedalcast.forecasts.encoding.byte_layout import Bytes
from pedalcast.forecasts.run_chances import RunChances, Want
from pedalcast.forecasts.schemas import ChanceField

AT_LEAST = (1, 2, 3, 5)
_WANTS: dict[ChanceField, Want] = {"p_bike_at_least": "bike", "p_dock_at_least": "dock"}
_HORIZON = b'{"minutes":'


class ChanceText:
    """The text of a run's chances by field, made when it is first needed. Safe for many threads: all make the same."""

    def __init__(self, chances: RunChances) -> None:
        self._chances = chances

    @cached_property
    def texts(self) -> dict[ChanceField, Bytes]:
        """uint8[N, H, E] by field: `,"p_bike_at_least":{"1":0.981,…}`."""
        return {
            field: _text(field, [self._chances.at_least(want, count) for count in AT_LEAST])
            for field, want in _WANTS.items()
        }

    @property
    def width(self) -> int:
        """How many bytes all fields add to a station's value."""
        return len(self._chances.run.minutes) * sum(int(text.shape[2]) for text in self.texts.values())

    def in_body(self, body: bytes, offset: int, width: int, fields: Sequence[ChanceField]) -> bytes:
        """The bulk body, whose values of `width` bytes begin at `offset`, with these fields at each horizon."""
        count = len(self._chances.run.ids)
        if not count:
            return body
        rows = np.lib.stride_tricks.as_strided(
            np.frombuffer(body, np.uint8, offset=offset), (count, width), (width + 1, 1), writeable=False
        )
        parts: list[Bytes] = []
        start = 0
        for horizon, end in enumerate(_ends(body[offset : offset + width], len(self._chances.run.minutes))):
            parts += [rows[:, start:end], *(self.texts[field][:, horizon] for field in fields)]
            start = end
        comma = np.full((count, 1), ord(","), np.uint8)
        values = np.concatenate([*parts, rows[:, start:], comma], axis=1).tobytes()[:-1]
        return body[:offset] + values + b"]}"


def _ends(value: bytes, horizons: int) -> list[int]:
    """Where each horizon's closing brace stands in a value, which ends in `}]}`."""
    last = value.rindex(b"}]}")
    block = last + 2 - value.rindex(_HORIZON)  # with the comma to the next
    return [last - block * after for after in reversed(range(horizons))]


def _text(field: ChanceField, chances: Sequence[Floats]) -> Bytes:
    """The text of a field from its chances by count, each float32[H, N]."""
    room = fixed_width.SHARE_WIDTH
    pairs = [b'"%d":' % count + b"0" * room for count in AT_LEAST]
    template = b',"%s":{' % field.encode() + b",".join(pairs) + b"}"
    horizons, stations = chances[0].shape
    text = np.tile(np.frombuffer(template, np.uint8), (stations, horizons, 1))
    for count, chance in zip(AT_LEAST, chances, strict=True):
        start = template.index(b'"%d":' % count) + len(b'"%d":' % count)
        shares = fixed_width.shares()[np.ascontiguousarray(fixed_width.scaled(chance.T, 1000, 1000))]
        text[:, :, start : start + room] = shares.view(np.uint8).reshape(stations, horizons, room)
    return text
