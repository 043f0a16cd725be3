"""Profiles: usual rates, weeks left out, new stations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from bench.sample_data.memory_history import MemoryHistory

from forecaster.features.local_time import DAY, SLOTS, WEEK, local_seconds
from forecaster.features.profile import IN, OUT, smooth
from forecaster.features.profile_builder import ProfileSums
from forecaster.window import HistoryChunk, Window

Cities = Callable[..., Window]


def gathered(window: Window) -> ProfileSums:
    sums = ProfileSums(window.stations)
    sums.add(HistoryChunk(window, int(window.times[0]), int(window.times[-1]) + 1))
    return sums


class TestGathering:
    def test_chunks_add_up_to_the_whole(self, city: Cities) -> None:
        window = city(3, holes=True)
        whole, parts = gathered(window), ProfileSums(window.stations)
        history = MemoryHistory(window)
        first, last = history.span() or (None, None)
        assert first is not None
        assert last is not None
        for chunk in history.windows(first, last.replace(microsecond=1), lookahead=last - first):
            parts.add(chunk)
        assert parts.rows >= whole.rows - len(window.stations.ids)
        np.testing.assert_allclose(parts.amount[:, IN], whole.amount[:, IN], atol=1e-3)

    def test_a_steady_flow_is_its_rate(self, city: Cities) -> None:
        window = city(8, count=2)
        steps = np.arange(len(window.times))[:, None]
        rising = np.broadcast_to(steps % 12, window.bikes.shape).astype(np.float32)  # 11 in, 11 out at once, each hour
        profile = gathered(replace(window, bikes=rising, docks=15 - rising)).profile()
        assert abs(float(profile.table[:, IN].mean()) - 11) < 0.2
        assert abs(float(profile.table[:, OUT].mean()) - 11) < 0.2

    def test_leaving_a_fold_out_forgets_its_weeks(self, city: Cities) -> None:
        window = city(15, count=2)
        week = local_seconds(window.times, "Asia/Seoul") // WEEK
        bikes = np.where((week == week[-1])[:, None], np.float32(15), np.float32(3)) * np.ones_like(window.bikes)
        sums = gathered(replace(window, bikes=bikes))
        fold = int(sums.folds(window.times[-1:])[0])
        np.testing.assert_allclose(sums.profile(without=fold).table[:, 2], 3, atol=0.01)
        assert sums.profile().table[:, 2].max() > 4

    def test_a_short_history_leaves_days_out(self, city: Cities) -> None:
        window = city(4, count=2)
        day = local_seconds(window.times, "Asia/Seoul") // DAY
        bikes = np.where((day == day[len(day) // 2])[:, None], np.float32(15), np.float32(3)) * np.ones_like(
            window.bikes
        )
        sums = ProfileSums(window.stations, unit=DAY)
        sums.add(HistoryChunk(replace(window, bikes=bikes), int(window.times[0]), int(window.times[-1]) + 1))
        fold = int(sums.folds(window.times[len(day) // 2 :][:1])[0])
        np.testing.assert_allclose(sums.profile(without=fold).table[:, 2], 3, atol=0.01)


class TestSmoothing:
    def test_a_lonely_cell_leans_on_its_surroundings(self) -> None:
        amount, exposure = np.zeros((SLOTS, 1), np.float32), np.zeros((SLOTS, 1), np.float32)
        amount[::2], exposure[::2] = 2, 1
        rate = smooth(amount, exposure, strength=3.0)
        np.testing.assert_allclose(rate, 2, rtol=0.01)


class TestNewStations:
    def test_they_take_the_mean_of_the_nearest(self, city: Cities) -> None:
        window = city(3, count=12)
        profile = gathered(window).profile()
        who = window.stations
        ids = (*who.ids[1:], "new")
        moved = replace(who, ids=ids, lat=np.append(who.lat[1:], who.lat[0]), lon=np.append(who.lon[1:], who.lon[0]))
        aligned = profile.align(moved)
        np.testing.assert_array_equal(aligned.table[:, :, 0], profile.table[:, :, 1])
        assert np.isfinite(aligned.table).all()
        assert np.isnan(aligned.most[-1])
