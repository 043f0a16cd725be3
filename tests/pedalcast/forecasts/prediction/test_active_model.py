"""The model in use, and what stands behind it."""

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from collector.snapshot import Snapshot
from collector.storage.stream_entry import decode_entry, encode_entry
from forecaster.arrays import Floats
from forecaster.model import Forecast
from forecaster.window import Window
from pedalcast.forecasts.inputs.poll_window import PollWindow, StationLookup
from pedalcast.forecasts.prediction.active_model import ActiveModel
from pedalcast.forecasts.prediction.models import PersistenceModel


@pytest.fixture
def window(poll: Callable[..., Snapshot], facts: StationLookup) -> Window:
    ring = PollWindow(facts)
    ring.append(decode_entry("0-0", encode_entry(poll(0))))
    return ring.window()


class TestForecast:
    def test_is_persistence_without_a_model(self, window: Window) -> None:
        made = ActiveModel(PersistenceModel()).forecast(window)
        assert made.model == "persistence"
        assert made.failure is None

    def test_is_the_models(self, window: Window, plus: Callable[..., object]) -> None:
        made = ActiveModel(PersistenceModel(), plus(2)).forecast(window)
        assert made.model == "20261120T000000Z-plus"
        assert made.forecast.bikes[0].tolist() == [5, 2, 12]

    @pytest.mark.parametrize("where", ["features", "predict", "shape", "nothing"])
    def test_is_persistence_and_says_so_when_the_model_fails(
        self, window: Window, plus: Callable[..., object], where: str
    ) -> None:
        made = ActiveModel(PersistenceModel(), Broken(where)).forecast(window)
        assert made.model == "persistence"
        assert made.failure == {"features": "ZeroDivisionError", "predict": "MemoryError"}.get(
            where, "BadForecastError"
        )


class TestHanging:
    def test_a_model_that_hangs_costs_its_own_forecasts_until_it_returns(
        self, window: Window, plus: Callable[..., object]
    ) -> None:
        go_on = threading.Event()
        hanging = plus(2)
        predict = type(hanging).predict

        def hang(*arguments: object) -> object:
            go_on.wait(60)
            return predict(hanging, *arguments)

        hanging.predict = hang
        models = ActiveModel(PersistenceModel(), hanging, patience_s=0.2)
        for _ in range(3):
            made = models.forecast(window)
            assert (made.model, made.failure) == ("persistence", "ModelHangsError")
        assert sum(thread.name == "model" for thread in threading.enumerate()) >= 1
        go_on.set()
        until = time.monotonic() + 60
        while models.forecast(window).failure is not None and time.monotonic() < until:
            time.sleep(0.01)
        assert models.forecast(window).model == hanging.version


class TestSwap:
    def test_gives_back_the_model_it_replaces(self, window: Window, plus: Callable[..., object]) -> None:
        slot = ActiveModel(PersistenceModel(), plus(1, version="one"))
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
