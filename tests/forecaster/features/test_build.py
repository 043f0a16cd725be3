"""The feature function: training's rows are serving's rows, and the future stays out of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from bench.sample_data.memory_history import slice_window

from forecaster.features import FEATURES, StationContext, build, context_of, feature_hash
from forecaster.features.profile_builder import ProfileSums
from forecaster.window import HistoryChunk, Window

Cities = Callable[..., Window]


def context_for(window: Window) -> StationContext:
    sums = ProfileSums(window.stations)
    sums.add(HistoryChunk(window, int(window.times[0]), int(window.times[-1]) + 1))
    return context_of(window.stations, sums.profile())


def column(x: np.ndarray, name: str) -> np.ndarray:
    return x[:, FEATURES.index(name)]


def live(window: Window, row: int) -> Window:
    """What serving holds at that row: the last 26 hours."""
    now = int(window.times[row])
    return slice_window(window, now - 26 * 3_600, now)


class TestBulkAndLive:
    @pytest.mark.parametrize(("step", "holes"), [(300, False), (300, True), (60, True), (780, True)])
    def test_rows_are_identical(self, city: Cities, step: int, holes: bool) -> None:
        window = city(2.5, step=step, holes=holes, count=12)
        context = context_for(window)
        at = np.linspace(len(window.times) // 2, len(window.times) - 1, 15).astype(np.int64)
        bulk = build(context, window, at).reshape(len(at), 12, -1)
        for i, row in enumerate(at):
            now = live(window, row)
            alone = build(context, now, np.array([len(now.times) - 1]))
            np.testing.assert_array_equal(bulk[i], alone)

    def test_nothing_later_matters(self, city: Cities) -> None:
        window = city(2)
        context = context_for(window)
        at = np.array([len(window.times) // 2])
        before = build(context, window, at)
        bikes = window.bikes.copy()
        bikes[at[0] + 1 :] = 0
        np.testing.assert_array_equal(before, build(context, replace(window, bikes=bikes), at))


class TestValues:
    def test_changes_and_flows_count_bikes(self, city: Cities) -> None:
        window = city(2, count=3)
        bikes = np.full_like(window.bikes, 5)
        bikes[-4:-2, 0] = 8  # three came 20 minutes ago, and left again 10 minutes ago
        window = replace(window, bikes=bikes, docks=15 - bikes)
        x = build(context_for(window), window, np.array([len(window.times) - 1]))
        assert column(x, "change_15")[0] == -3
        assert column(x, "change_30")[0] == 0
        assert column(x, "in_30")[0] == 3
        assert column(x, "out_30")[0] == 3
        assert column(x, "still")[0] == 5
        assert column(x, "still")[1] == 180  # never changed: as long as it looks back

    def test_a_hole_is_missing_not_zero(self, city: Cities) -> None:
        window = city(2, count=3)
        keep = np.ones(len(window.times), bool)
        keep[-40:-4] = False
        rows = np.flatnonzero(keep)
        window = replace(
            window,
            times=window.times[rows],
            bikes=window.bikes[rows],
            docks=window.docks[rows],
            ebikes=window.ebikes[rows],
            renting=window.renting[rows],
        )
        x = build(context_for(window), window, np.array([len(rows) - 1]))
        assert np.isnan(column(x, "change_90")).all()
        assert not np.isnan(column(x, "change_15")).any()

    def test_a_station_missing_now_keeps_its_last_count_for_hours(self, city: Cities) -> None:
        window = city(2, count=3)
        bikes = window.bikes.copy()
        bikes[-6:, 0], bikes[-100:, 1] = np.nan, np.nan
        x = build(context_for(window), replace(window, bikes=bikes), np.array([len(bikes) - 1]))
        assert column(x, "bikes")[0] == bikes[-7, 0]
        assert np.isnan(column(x, "bikes")[1])

    def test_names_are_unique_and_fingerprinted(self) -> None:
        assert len(set(FEATURES)) == len(FEATURES)
        assert len(feature_hash()) == 16
