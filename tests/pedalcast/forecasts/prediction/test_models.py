"""The forecaster's models as the cycle sees them."""

import numpy as np
from numpy.testing import assert_array_equal

from forecaster.drift import DriftReference
from forecaster.model import ForecastModel
from forecaster.window import StationSet, Window
from pedalcast.forecasts.prediction.models import PersistenceModel, RegistryModel


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


class TestRegistryModel:
    def test_says_in_two_steps_what_its_model_says_in_one(self, trained: ForecastModel) -> None:
        city = window(7)
        model = RegistryModel("v", trained)
        once, parts = trained.predict(city), model.predict(model.features(city), city)
        assert parts.horizons == once.horizons
        for name in ("bikes", "low", "high", "p_bike", "p_dock"):
            assert_array_equal(getattr(parts, name), getattr(once, name))

    def test_samples_its_inputs_where_it_has_a_reference(self, trained: ForecastModel) -> None:
        city = window(7)
        plain = RegistryModel("v", trained)
        reference = DriftReference.of(plain.features(city))
        sampled = RegistryModel("v", trained, reference)
        assert_array_equal(sampled.features(city), plain.features(city))
        ((at, counts),) = sampled.take_input_samples()
        assert at == city.times[-1]
        assert_array_equal(counts, reference.count(plain.features(city)))
        assert sampled.drift_reference is reference
        assert plain.take_input_samples() == []
        assert plain.drift_reference is None


class TestPersistenceModel:
    def test_has_no_inputs_to_sample(self) -> None:
        model = PersistenceModel(horizons=(10,))
        model.features(window(7))
        assert model.take_input_samples() == []
        assert model.drift_reference is None
