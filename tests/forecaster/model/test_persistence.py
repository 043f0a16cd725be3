"""Persistence: honest from the first poll on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bench.sample_data.memory_history import slice_window

from forecaster.model import Persistence
from forecaster.window import Window

Cities = Callable[..., Window]


class TestPersistence:
    def test_the_first_poll_is_enough(self, city: Cities) -> None:
        window = city(1)
        one = slice_window(window, int(window.times[0]), int(window.times[0]))
        forecast = Persistence().predict(one)
        assert forecast.bikes.shape == (4, 20)
        inside = (one.bikes[-1] > 3) & (one.bikes[-1] < 12)
        np.testing.assert_allclose(forecast.bikes[0, inside], one.bikes[-1, inside], atol=0.05)
        assert ((forecast.low <= one.bikes[-1]) & (one.bikes[-1] <= forecast.high)).all()

    def test_the_spread_grows_with_time_and_with_what_was_seen(self, city: Cities) -> None:
        window = city(1)
        width = np.subtract(*(getattr(Persistence().predict(window), end).mean(axis=1) for end in ("high", "low")))
        assert (np.diff(width) >= 0).all()
        assert width[-1] > width[0]
        first = slice_window(window, int(window.times[0]), int(window.times[0]))
        before = Persistence().predict(first)
        assert width[-1] > (before.high - before.low).mean(axis=1)[-1]  # this city moves more than the guess

    def test_an_unseen_station_is_unknown(self, city: Cities) -> None:
        window = city(0.5)
        window.bikes[:, 0] = np.nan
        forecast = Persistence().predict(window)
        assert np.isnan(forecast.bikes[:, 0]).all()
        assert (forecast.low[:, 0] == -1).all()
