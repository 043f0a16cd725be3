"""The city that is measured is one the collector could have published."""

import numpy as np
import pytest
from bench.sample_data.synthetic_city import StreamEntries, SyntheticCity
from numpy.testing import assert_array_equal

from collector.storage.stream_entry import COLUMNS, decode_entry, encode_entry


@pytest.fixture
def city() -> SyntheticCity:
    return SyntheticCity.of(30, 12)


class TestEntries:
    @pytest.mark.parametrize("poll", [0, 1, 11])
    def test_are_what_the_collector_would_write(self, city: SyntheticCity, poll: int) -> None:
        entries = StreamEntries(city)
        made = decode_entry(entries.id(poll), entries.value(poll))
        real = decode_entry(entries.id(poll), encode_entry(city.snapshot(poll)))
        assert made.header == real.header
        assert made.ids == real.ids
        for name in COLUMNS:
            assert made.values(name) == real.values(name)


class TestCity:
    def test_moves_within_its_bounds(self, city: SyntheticCity) -> None:
        assert (city.bikes >= 0).all()
        assert (city.bikes <= city.capacity).all()
        assert (np.diff(city.bikes, axis=0) != 0).any()

    def test_is_the_same_for_the_same_seed(self, city: SyntheticCity) -> None:
        assert_array_equal(city.bikes, SyntheticCity.of(30, 12).bikes)
        window = city.window()
        assert_array_equal(window.bikes + window.docks, np.tile(city.capacity, (12, 1)))
