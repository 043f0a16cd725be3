"""The forecaster's models as the cycle sees them."""

import numpy as np
from numpy.testing import assert_array_equal

from forecaster.model import ForecastModel
from forecaster.window import StationSet, Window
from pedalcast.forecasts.prediction.models import RegistryModel


def window(stations: int) -> Window:
    """Three hours of so many stations."""
    random = np.random.default_rng(5)
    times = 1_795_000_000 + 300 * np.arange(37, dtype=np.int64)
    bikes = random.integers(0, 11, (37, stations)).astype(np.float32)
    places = random.random(stations)
    names = tuple(f"S{n}" for n in range(stations))
    facts = StationSet(
        names, 37 + places, 127 + places, np.full(stations, 10.0), np.full(stations, np.nan), "Asia/Seoul"
    )
    return Window(facts, times, bikes, 10 - bikes, np.full_like(bikes, np.nan), np.ones_like(bikes))


class TestTrained:
    def test_says_in_two_steps_what_its_model_says_in_one(self, trained: ForecastModel) -> None:
        city = window(7)
        model = RegistryModel("v", trained)
        once, parts = trained.predict(city), model.predict(model.features(city), city)
        assert parts.horizons == once.horizons
        for name in ("bikes", "low", "high", "p_bike", "p_dock"):
            assert_array_equal(getattr(parts, name), getattr(once, name))
