"""The city that is measured is one the collector could have published."""

import numpy as np
import pytest
from bench.city import City, Entries
from numpy.testing import assert_array_equal

from collector.codec import COLUMNS, decode, encode


@pytest.fixture
def city() -> City:
    return City.of(30, 12)


class TestEntries:
    @pytest.mark.parametrize("poll", [0, 1, 11])
    def test_are_what_the_collector_would_write(self, city: City, poll: int) -> None:
        entries = Entries(city)
        made = decode(entries.id(poll), entries.value(poll))
        real = decode(entries.id(poll), encode(city.snapshot(poll)))
        assert made.header == real.header
        assert made.ids == real.ids
        for name in COLUMNS:
            assert made.values(name) == real.values(name)


class TestCity:
    def test_moves_within_its_bounds(self, city: City) -> None:
        assert (city.bikes >= 0).all()
        assert (city.bikes <= city.capacity).all()
        assert (np.diff(city.bikes, axis=0) != 0).any()

    def test_is_the_same_for_the_same_seed(self, city: City) -> None:
        assert_array_equal(city.bikes, City.of(30, 12).bikes)
        window = city.window()
        assert_array_equal(window.bikes + window.docks, np.tile(city.capacity, (12, 1)))
