"""Trained models of both engines: they learn, they are stored without pickle, they take stations as they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import orjson
import pytest
from bench.sample_data.memory_history import MemoryHistory, slice_window

from forecaster.features import FEATURES
from forecaster.model import ForecastModel
from forecaster.model.boosting import Boosting
from forecaster.model.engines import Engine
from forecaster.model.forecast_model import ModelError
from forecaster.training.trainer import train
from forecaster.window import Window

Cities = Callable[..., Window]
SMALL = Boosting(rounds=12, leaves=8)


@pytest.fixture(params=["xgboost", "lightgbm"])
def engine(request: pytest.FixtureRequest) -> Engine:
    chosen: Engine = request.param
    return chosen


@pytest.fixture
def window(city: Cities) -> Window:
    return city(4, holes=True)


@pytest.fixture
def model(window: Window, engine: Engine) -> ForecastModel:
    return train(MemoryHistory(window), engine=engine, horizons=(10, 60), sample_rows=8_000, boosting=SMALL)


def last_day(window: Window) -> Window:
    return slice_window(window, int(window.times[-1]) - 26 * 3_600, int(window.times[-1]))


class TestForecasts:
    def test_are_coherent(self, window: Window, model: ForecastModel) -> None:
        forecast = model.predict(last_day(window))
        known = ~np.isnan(forecast.bikes)
        assert known.mean() > 0.9
        assert (forecast.low[known] <= forecast.high[known]).all()
        assert ((forecast.p_bike[known] >= 0) & (forecast.p_bike[known] <= 1)).all()
        assert ((forecast.bikes[known] >= 0) & (forecast.bikes[known] <= 15.001)).all()
        assert (forecast.p_bike[known & (forecast.low > 0)] >= 0.9 - 1e-5).all()

    def test_a_batch_of_rows_is_each_row_alone(self, window: Window, model: ForecastModel) -> None:
        x = model.features(last_day(window))
        together = model.trees.margins(x)
        alone = np.concatenate([model.trees.margins(x[i : i + 1]) for i in range(len(x))])
        np.testing.assert_allclose(together, alone, atol=1e-5)

    def test_a_large_system_is_predicted_in_blocks(
        self, window: Window, model: ForecastModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = last_day(window)
        whole = model.predict(now)
        monkeypatch.setattr("forecaster.model.forecast_model.BLOCK", 7)
        blocks = model.predict(now)
        for name in ("bikes", "low", "high", "p_bike", "p_dock"):
            np.testing.assert_allclose(getattr(whole, name), getattr(blocks, name), atol=1e-5)

    def test_stations_may_come_in_any_order_and_be_new(self, window: Window, model: ForecastModel) -> None:
        now = last_day(window)
        before = model.predict(now)
        order = np.random.default_rng(0).permutation(20)
        who = now.stations
        ids = tuple("new" if i == 3 else who.ids[i] for i in order)
        shuffled = replace(
            now,
            stations=replace(
                who, ids=ids, **{k: getattr(who, k)[order] for k in ("lat", "lon", "capacity", "first_seen")}
            ),
            **{k: getattr(now, k)[:, order] for k in ("bikes", "docks", "ebikes", "renting")},
        )
        after = model.predict(shuffled)
        same = order != 3
        np.testing.assert_allclose(after.bikes[:, same], before.bikes[:, order[same]], atol=0.02)
        assert np.isfinite(after.bikes[:, ~same]).all() or np.isnan(now.bikes[-1, 3])


class TestStored:
    def test_comes_back_the_same(self, window: Window, model: ForecastModel) -> None:
        again = ForecastModel.load(model.save())
        one, other = model.predict(last_day(window)), again.predict(last_day(window))
        for name in ("bikes", "low", "high", "p_bike", "p_dock"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))

    def test_no_file_is_a_pickle(self, model: ForecastModel) -> None:
        files = model.save()
        assert not [name for name, data in files.items() if data[:1] == b"\x80"]
        assert orjson.loads(files["model.json"])["features"] == list(FEATURES)

    def test_other_features_are_refused(self, model: ForecastModel) -> None:
        files = model.save()
        meta = orjson.loads(files["model.json"]) | {"feature_hash": "0" * 16}
        with pytest.raises(ModelError, match="0000"):
            ForecastModel.load(files | {"model.json": orjson.dumps(meta)})

    def test_a_missing_file_is_named(self, model: ForecastModel) -> None:
        files = {name: data for name, data in model.save().items() if name != "tables.npz"}
        with pytest.raises(ModelError, match=r"tables\.npz"):
            ForecastModel.load(files)
