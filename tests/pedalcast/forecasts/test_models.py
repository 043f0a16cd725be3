"""The forecaster's models as the cycle sees them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecaster.model import ForecastModel
from forecaster.window import Stations, Window
from pedalcast.forecasts import models
from pedalcast.forecasts.models import Trained


def window(stations: int) -> Window:
    """Three hours of so many stations."""
    random = np.random.default_rng(5)
    times = 1_795_000_000 + 300 * np.arange(37, dtype=np.int64)
    bikes = random.integers(0, 11, (37, stations)).astype(np.float32)
    places = random.random(stations)
    names = tuple(f"S{n}" for n in range(stations))
    facts = Stations(names, 37 + places, 127 + places, np.full(stations, 10.0), np.full(stations, np.nan), "Asia/Seoul")
    return Window(facts, times, bikes, 10 - bikes, np.full_like(bikes, np.nan), np.ones_like(bikes))


class TestTrained:
    @pytest.mark.parametrize("stations", [1, 5, 7, 10])
    def test_says_the_same_in_blocks_as_at_once(
        self, trained: ForecastModel, stations: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(models, "BLOCK", 5)
        city = window(stations)
        model = Trained("v", trained)
        once, parts = trained.predict(city), model.predict(model.features(city), city)
        assert parts.horizons == once.horizons
        for name in ("bikes", "p_bike", "p_dock"):  # sums of floats may be taken in another order
            assert_allclose(getattr(parts, name), getattr(once, name), rtol=1e-5, atol=1e-6)
        for name in ("low", "high"):
            assert_array_equal(getattr(parts, name), getattr(once, name))
