from datetime import UTC, datetime
from typing import Any

import pytest

from forecaster.verification.matured import summarise_rows
from pedalcast.models.monitoring.backtest_ratio import live_to_backtest_ratios
from tests.pedalcast.models.rows import day_of

LIVE = summarise_rows(day_of("v1", datetime(2026, 11, 20, 12, tzinfo=UTC), error=1))


class TestRatios:
    def test_are_live_errors_over_promised_ones(self) -> None:
        metrics = {
            "horizons": {"10": {"challenger": {"rmse": 0.5, "brier_empty": 0.08, "auc_full": 1}, "champion": {}}}
        }
        found = live_to_backtest_ratios(metrics, LIVE)
        assert found.keys() == {(10, "rmse"), (10, "brier_empty")}
        assert found[10, "rmse"] == pytest.approx((120 / 100) ** 0.5 / 0.5, rel=0.02)
        assert found[10, "brier_empty"] == pytest.approx(0.5, rel=0.02)

    @pytest.mark.parametrize("metrics", [{}, {"horizons": {}}, {"horizons": {"10": {"challenger": {"rmse": None}}}}])
    def test_of_no_promise_there_are_none(self, metrics: dict[str, Any]) -> None:
        assert live_to_backtest_ratios(metrics, LIVE) == {}
