from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pedalcast.models.monitoring.loss_test import loss_to_persistence
from tests.pedalcast.models.rows import day_of

END = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


class TestJudge:
    @pytest.mark.parametrize(("error", "lost"), [(0.9, False), (0.99, False), (1.2, True), (3, True)])
    def test_says_who_is_better(self, error: float | int, lost: bool) -> None:
        verdict = loss_to_persistence(day_of("v1", END, error=error), window=DAY, least=1000)
        assert verdict.lost is lost
        assert verdict.loss == pytest.approx(error - 1, abs=0.03)
        assert verdict.surely <= verdict.loss

    def test_what_may_be_chance_is_no_loss(self) -> None:
        assert not loss_to_persistence(day_of("v1", END, error=1.0), window=DAY, least=1000).lost

    def test_a_few_bad_hours_are_no_loss(self) -> None:
        rows = day_of("v1", END, error=0.8)
        spoilt = [replace(row, squared=4 * row.squared) if number < 16 else row for number, row in enumerate(rows)]
        assert not loss_to_persistence(spoilt, window=DAY, least=1000).lost

    def test_one_measure_is_enough(self) -> None:
        rows = [replace(row, brier_empty=3 * row.brier_empty) for row in day_of("v1", END, error=0.8)]
        verdict = loss_to_persistence(rows, window=DAY, least=1000)
        assert verdict.lost
        assert str(verdict).startswith("Brier score +")

    def test_takes_enough_forecasts_over_enough_time(self) -> None:
        assert loss_to_persistence(day_of("v1", END, error=3, hours=12), window=DAY, least=1000) is None
        assert loss_to_persistence(day_of("v1", END, error=3, count=1), window=DAY, least=1000) is None
        assert loss_to_persistence([], window=DAY, least=1) is None

    def test_where_persistence_makes_no_error(self) -> None:
        rows = [
            replace(row, last_squared=0, squared=0, last_brier_empty=0, last_brier_full=0, brier_empty=0, brier_full=0)
            for row in day_of("v1", END, error=1)
        ]
        assert not loss_to_persistence(rows, window=DAY, least=1000).lost
        assert loss_to_persistence([replace(row, squared=1) for row in rows], window=DAY, least=1000).lost
