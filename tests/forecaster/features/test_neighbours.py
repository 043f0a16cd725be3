"""Neighbours: by distance on the ground, without those whose place is unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from forecaster.features.neighbours import neighbours_of
from forecaster.window import Window


class TestNeighbours:
    def test_the_nearest_weigh_most_and_all_sum_to_one(self, city: Callable[..., Window]) -> None:
        found = neighbours_of(city(0.1, count=16).stations)
        np.testing.assert_allclose(found.weight.sum(axis=1), 1, rtol=1e-5)
        assert (found.index != np.arange(16)[:, None]).all()
        assert found.nearest_km == pytest.approx(np.full(16, 0.4), abs=0.02)

    def test_a_station_without_a_place_has_none(self, city: Callable[..., Window]) -> None:
        stations = city(0.1, count=4).stations
        lat = stations.lat.copy()
        lat[2] = np.nan
        found = neighbours_of(replace(stations, lat=lat))
        assert found.weight[2].sum() == 0
        assert np.isnan(found.nearest_km[2])
        assert not ((found.index == 2) & (found.weight > 0)).any()

    def test_means_leave_missing_values_at_zero(self, city: Callable[..., Window]) -> None:
        found = neighbours_of(city(0.1, count=4).stations)
        values = np.full((1, 4, 1), 2.0, np.float32)
        np.testing.assert_allclose(found.mean(values), 2, rtol=1e-5)
        values[0, 1] = np.nan
        assert (found.mean(values)[0, [0, 2, 3], 0] < 2).all()
