"""Rates and silences, from counts made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pedalcast.rebalancing.departures import hourly_rates, quiet_stations

TIMES = 1_795_000_200 + 300 * np.arange(288, dtype=np.int64)


def busy_city() -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """Five stations that alternate between 5 and 4 bikes all day; the last one stops after 150 polls."""
    bikes = np.tile((5 - np.arange(288) % 2).astype(np.int16), (5, 1))
    bikes[4, 150:] = 4
    return bikes


class TestRates:
    def test_count_what_leaves_and_what_comes(self) -> None:
        bikes = np.array([[5, 3, 3, 4], [2, -1, 7, 7]], np.int16)
        left, came = hourly_rates(bikes, TIMES[:4])
        assert left.tolist() == [8, 0]  # in a quarter of an hour; what is unknown tells nothing
        assert came.tolist() == [4, 0]

    def test_of_one_poll_are_none(self) -> None:
        left, came = hourly_rates(np.array([[5]], np.int16), TIMES[:1])
        assert left.tolist() == came.tolist() == [0]


class TestQuiet:
    def test_a_silence_is_told_with_how_unusual_it_is(self) -> None:
        (quiet,) = quiet_stations(busy_city(), TIMES, np.ones(5, np.bool_))
        assert quiet.place == 4
        assert quiet.since == TIMES[149]
        # Its share of the day's departures, times the city's since: 75 of 651, of 276.
        assert quiet.expected == pytest.approx(75 / 651 * 276, rel=0.02)
        assert quiet.probability == pytest.approx(np.exp(-quiet.expected))

    def test_a_quiet_night_is_nobodys_fault(self) -> None:
        bikes = busy_city()
        bikes[:, 150:] = 4  # no bike leaves anywhere
        assert quiet_stations(bikes, TIMES, np.ones(5, np.bool_)) == []

    @pytest.mark.parametrize("case", ["closed", "empty", "rare"])
    def test_says_nothing_of_stations_that_cannot_tell(self, case: str) -> None:
        bikes, renting = busy_city(), np.ones(5, np.bool_)
        if case == "closed":
            renting[4] = False
        elif case == "empty":
            bikes[4, 150:] = 0
        else:
            bikes[4, 4:] = 4
        assert quiet_stations(bikes, TIMES, renting) == []
