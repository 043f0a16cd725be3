"""The model in use, and what stands behind it."""

from collections.abc import Callable

import numpy as np
import pytest

from collector.codec import decode, encode
from collector.snapshot import Snapshot
from forecaster.model import Forecast
from forecaster.window import Floats, Window
from pedalcast.forecasts.models import LastValue
from pedalcast.forecasts.ring import Facts, Ring
from pedalcast.forecasts.slot import ModelSlot


@pytest.fixture
def window(poll: Callable[..., Snapshot], facts: Facts) -> Window:
    ring = Ring(facts)
    ring.append(decode("0-0", encode(poll(0))))
    return ring.window()


class TestForecast:
    def test_is_persistence_without_a_model(self, window: Window) -> None:
        made = ModelSlot(LastValue()).forecast(window)
        assert made.model == "persistence"
        assert made.failure is None

    def test_is_the_models(self, window: Window, plus: Callable[..., object]) -> None:
        made = ModelSlot(LastValue(), plus(2)).forecast(window)
        assert made.model == "20261120T000000Z-plus"
        assert made.forecast.bikes[0].tolist() == [5, 2, 12]

    @pytest.mark.parametrize("where", ["features", "predict", "shape", "nothing"])
    def test_is_persistence_and_says_so_when_the_model_fails(
        self, window: Window, plus: Callable[..., object], where: str
    ) -> None:
        made = ModelSlot(LastValue(), Broken(where)).forecast(window)
        assert made.model == "persistence"
        assert made.failure == {"features": "ZeroDivisionError", "predict": "MemoryError"}.get(
            where, "BadForecastError"
        )


class TestSwap:
    def test_gives_back_the_model_it_replaces(self, window: Window, plus: Callable[..., object]) -> None:
        slot = ModelSlot(LastValue(), plus(1, version="one"))
        assert slot.swap(plus(2, version="two")).version == "one"
        assert slot.forecast(window).model == "two"
        assert slot.swap(None).version == "two"
        assert slot.current.version == "persistence"


class Broken:
    """A model that fails in one of the ways a model can."""

    version = "broken"
    horizons = (10,)

    def __init__(self, where: str) -> None:
        self.where = where

    def features(self, window: Window) -> Floats:
        if self.where == "features":
            raise ZeroDivisionError
        return window.bikes[-1][:, None]

    def predict(self, features: Floats, window: Window) -> Forecast:
        if self.where == "predict":
            raise MemoryError
        shape = (1, 2) if self.where == "shape" else (1, 3)
        values = np.full(shape, np.nan, np.float32)
        counts = np.zeros(shape, np.int16)
        return Forecast(self.horizons, bikes=values, low=counts, high=counts, p_bike=values, p_dock=values, spreads=())
