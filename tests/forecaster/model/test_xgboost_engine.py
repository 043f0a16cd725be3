"""XGBoost's in-place predictor, which a cycle uses, beside its plain one: the same trees, the same numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xgboost as xgb
from bench.sample_data.memory_history import MemoryHistory

from forecaster.arrays import Floats
from forecaster.features import FEATURES
from forecaster.model.boosting import Boosting
from forecaster.model.xgboost_engine import XgboostTrees
from forecaster.training.trainer import train
from forecaster.window import Window

Cities = Callable[..., Window]


@pytest.fixture(scope="module")
def rows() -> Floats:
    """Rows of all kinds: whole ones, ones with holes, one of which nothing is known."""
    random = np.random.default_rng(3)
    x = random.normal(5, 10, (300, len(FEATURES))).astype(np.float32)
    x[100:, random.random(len(FEATURES)) < 0.3] = np.nan
    x[-1] = np.nan
    return x


@pytest.fixture
def trees(city: Cities) -> XgboostTrees:
    model = train(
        MemoryHistory(city(4, holes=True)),
        horizons=(10, 60),
        sample_rows=8_000,
        boosting=Boosting(rounds=12, leaves=8),
    )
    assert isinstance(model.trees, XgboostTrees)
    return model.trees


def plain(trees: XgboostTrees, x: Floats) -> Floats:
    """Through XGBoost's own container of rows, and without this project's settings."""
    booster = xgb.Booster()
    booster.load_model(bytearray(trees.files()["trees.ubj"]))
    said: Floats = booster.predict(xgb.DMatrix(x), output_margin=True)
    return said


def test_in_place_says_what_the_plain_predictor_says(trees: XgboostTrees, rows: Floats) -> None:
    expected = plain(trees, rows)
    assert np.ptp(expected, axis=0).max() > 0.01, "the rows do not tell the leaves apart"
    np.testing.assert_array_equal(trees.margins(rows), expected)


def test_a_row_says_the_same_alone(trees: XgboostTrees, rows: Floats) -> None:
    whole = trees.margins(rows)
    for place in (0, 150, 299):
        np.testing.assert_array_equal(trees.margins(rows[place : place + 1])[0], whole[place])
