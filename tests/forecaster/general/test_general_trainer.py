"""One model of two cities forecasts a third, from its first poll on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bench.sample_data.memory_history import MemoryHistory, slice_window

from forecaster.general.general_trainer import GeneralRecipe, city_weights, draw_city, fit_general
from forecaster.general.leave_one_out import AGES, leave_one_out
from forecaster.model.boosting import Boosting, ignore_progress
from forecaster.model.forecast_model import ForecastModel
from forecaster.window import Window

RECIPE = GeneralRecipe(horizons=(10, 30), city_rows=6_000, boosting=Boosting(rounds=8, rate=0.3, rows_a_tree=6_000))


def test_cities_weigh_alike(city: Callable[..., Window]) -> None:
    samples = [draw_city(MemoryHistory(city(days, seed=days)), RECIPE) for days in (2, 4)]
    weights = city_weights(samples)
    assert np.isclose(weights[: len(samples[0])].sum(), weights[len(samples[0]) :].sum(), rtol=1e-3)


def test_an_unseen_city_is_forecast_from_its_first_poll(city: Callable[..., Window]) -> None:
    samples = [draw_city(MemoryHistory(city(3, seed=seed)), RECIPE) for seed in (1, 2)]
    model = fit_general(samples, RECIPE, ignore_progress)
    again = ForecastModel.load(model.save())
    window = city(1, count=7, seed=9)
    first = slice_window(window, int(window.times[0]), int(window.times[0]))
    forecast = again.predict(first)
    assert np.isfinite(forecast.bikes).all()
    np.testing.assert_allclose(forecast.bikes, model.predict(first).bikes, rtol=1e-5)


def test_each_city_is_judged_at_every_age(city: Callable[..., Window]) -> None:
    histories = {name: MemoryHistory(city(5, seed=seed)) for seed, name in enumerate(("one", "two"))}
    samples = {name: draw_city(history, RECIPE) for name, history in histories.items()}
    scores = leave_one_out(histories, samples, RECIPE, ignore_progress)
    assert set(scores) == {"one", "two"}
    for ages in scores.values():
        assert set(ages) == set(AGES)
        for score in ages["all before"].values():
            assert 0 < score.crps < 5
            assert 0.5 < score.coverage80 < 1
