"""The list by hand: three stations in a row, 500 m apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pedalcast.rebalancing.move_plan import CityOutlook, moves


def floats(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(values, np.float32)


CITY = CityOutlook(
    bikes=floats(0.4, 12, 19.5),
    docks=floats(15, 9, 0.5),
    p_bike=floats(0.3, 1, 1),
    p_dock=floats(1, 1, 0.4),
    rate=(floats(10, 4, 2), floats(8, 4, 20)),
    lat=np.array([37.5, 37.5045, 37.509]),
    lon=np.full(3, 127.0),
    open=np.ones(3, np.bool_),
)


class TestMoves:
    def test_those_who_fail_most_riders_go_first(self) -> None:
        full, empty = moves(CITY, 10)
        assert (full.place, full.kind, empty.place, empty.kind) == (2, "full", 0, "empty")
        assert full.riders == pytest.approx(0.6 * 20)
        assert empty.riders == pytest.approx(0.7 * 10)
        assert len(moves(CITY, 1)) == 1

    def test_says_how_many_and_from_where(self) -> None:
        full, empty = moves(CITY, 10)
        assert empty.bikes == 3  # to have three
        assert full.bikes == -3
        assert [source.place for source in empty.sources] == [1, 2]  # nearest first
        assert empty.sources[0].bikes == 9  # twelve but for three
        assert empty.sources[0].metres == pytest.approx(500, abs=2)
        assert [source.place for source in full.sources] == [1, 0]

    def test_closed_stations_neither_need_nor_give(self) -> None:
        city = replace(CITY, open=np.array([True, False, True]))
        _, empty = moves(city, 10)
        assert [source.place for source in empty.sources] == [2]
        assert [move.place for move in moves(replace(CITY, open=np.array([False, True, True])), 10)] == [2]

    def test_what_is_unknown_is_not_listed(self) -> None:
        city = replace(CITY, p_bike=floats(np.nan, 1, 1), p_dock=floats(np.nan, 1, 1))
        assert moves(city, 10) == []
