"""A watched model forecasts as the bare one does."""

import numpy as np

from forecaster.drift import DriftReference
from forecaster.features import FEATURES
from forecaster.model import Persistence
from forecaster.window import StationSet, Window
from pedalcast.forecasts.prediction.drift_sampling import MAX_SAMPLES, DriftSampledModel

HORIZONS = (10,)
START = 1_700_000_000


class Bare:
    version = "v1"

    def __init__(self, x):
        self._x = x

    def features(self, window):
        return self._x

    def predict(self, features, window):
        return Persistence(HORIZONS).predict(window)


def window(stations: int, minute: int = 0) -> Window:
    where = np.full(stations, 37.5)
    ids = tuple(map(str, range(stations)))
    known = StationSet(ids, where, where, np.full(stations, 10.0), where * np.nan)
    bikes = np.full((1, stations), 5, np.float32)
    return Window(known, np.array([START + 60 * minute]), bikes, bikes, bikes * np.nan, bikes / 5)


X = np.random.default_rng(0).normal(size=(50, len(FEATURES))).astype(np.float32)
REFERENCE = DriftReference.of(X)


def rows(tapped: DriftSampledModel) -> list[int]:
    """How many rows each sample taken has, in every feature."""
    return [int(number) for _, counts in tapped.take() for number in np.unique(counts.sum(axis=1))]


class TestTapped:
    def test_passes_everything_through(self):
        tapped = DriftSampledModel(Bare(X), REFERENCE)
        assert tapped.version == "v1"
        assert tapped.features(window(50)) is X
        assert tapped.predict(X, window(50)).bikes.shape == (1, 50)

    def test_counts_what_passes_once(self):
        tapped = DriftSampledModel(Bare(X), REFERENCE, every_s=0)
        assert tapped.take() == []
        tapped.features(window(50))
        tapped.features(window(50))
        assert rows(tapped) == [50, 50]
        assert tapped.take() == []

    def test_once_a_poll_by_the_feeds_own_time(self):
        tapped = DriftSampledModel(Bare(X), REFERENCE)
        for minute in (0, 1, 2, 5, 6, 10):
            tapped.features(window(50, minute))
        assert [at - START for at, _ in tapped.take()] == [0, 300, 600]

    def test_keeps_copies_whatever_the_model_does_with_its_own(self):
        eaten = X.copy()
        tapped = DriftSampledModel(Bare(eaten), REFERENCE)
        tapped.features(window(50))
        eaten[:] = np.nan
        ((_, counts),) = tapped.take()
        np.testing.assert_array_equal(counts, REFERENCE.count(X))

    def test_of_some_of_many_stations(self):
        tapped = DriftSampledModel(Bare(X), REFERENCE, rows=20)
        tapped.features(window(50))
        assert rows(tapped) == [20]

    def test_forgets_the_oldest_where_nobody_takes(self):
        tapped = DriftSampledModel(Bare(X), REFERENCE)
        for poll in range(MAX_SAMPLES + 5):
            tapped.features(window(50, 5 * poll))
        assert rows(tapped) == [50] * MAX_SAMPLES
