"""The backtest: everything on the same rows, the model ahead where there is something to know."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bench.sample_data.memory_history import MemoryHistory

from forecaster.evaluation.backtest import backtest
from forecaster.evaluation.backtest_page import render_page
from forecaster.model.boosting import Boosting
from forecaster.window import Window

Cities = Callable[..., Window]
METHODS = {"pedalcast", "pedalcast_lightgbm", "persistence", "table", "profile", "plain_lightgbm"}


def test_every_method_is_judged_on_the_same_rows(city: Cities) -> None:
    history = MemoryHistory(city(5, count=20))
    told: list[str] = []
    results = backtest(
        history,
        horizons=(60,),
        engines=("xgboost", "lightgbm"),
        folds=2,
        sample_rows=8_000,
        judged_rows=5_000,
        boosting=Boosting(rounds=40, leaves=12),
        on_progress=lambda doing, _: told.append(doing),
    )
    assert list(results) == ["60"]
    for methods in results.values():
        assert set(methods) - {"pedalcast_xgboost"} == METHODS - {"pedalcast_lightgbm"} or set(methods) == METHODS
        assert len({scores["rows"] for scores in methods.values()}) == 1
        ours = methods["pedalcast"]
        assert ours["crps"] < methods["table"]["crps"]
        assert ours["crps"] < methods["persistence"]["crps"]
        assert 0.76 < ours["coverage80"] < 0.84
    assert results["60"]["persistence"]["crps"] == pytest.approx(results["60"]["persistence"]["mae_median"])
    assert {"reading history", "drawing rows", "growing trees"} <= set(told)
    _page_is_whole(results)


def _page_is_whole(results: dict) -> None:
    html = render_page(results, title="A city & its forecast", notes=["Trained to noon."])
    assert "A city &amp; its forecast" in html
    assert html.count("<svg") == 3
    assert "http" not in html  # nothing to fetch
    assert "nan" not in html
