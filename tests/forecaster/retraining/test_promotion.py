"""Champion and challenger meet on days that neither has seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from bench.sample_data.memory_history import MemoryHistory

from forecaster.evaluation.folds import Fold
from forecaster.model import ForecastModel
from forecaster.model.boosting import Boosting
from forecaster.retraining.promotion import PromotionDecision, decide_promotion, promotion_fold
from forecaster.training.sampling import target_reach
from forecaster.training.trainer import train
from forecaster.window import Window

HORIZONS = (10, 60)
GAP = target_reach(HORIZONS)
CityMaker = Callable[..., Window]


def spanned(history: MemoryHistory) -> tuple[datetime, datetime]:
    span = history.span()
    assert span is not None
    return span[0], span[1] + timedelta(seconds=1)


def trained(history: MemoryHistory, end: datetime, *, rounds: int = 30) -> ForecastModel:
    return train(history, horizons=HORIZONS, end=end, sample_rows=8_000, boosting=Boosting(rounds=rounds, leaves=7))


def quietly(_doing: str, _share: float) -> None:
    """No progress wanted."""


class TestFold:
    def test_the_newest_fifth_with_a_gap_before_it(self, city: CityMaker) -> None:
        history = MemoryHistory(city(10, count=2))
        start, end = spanned(history)
        fold = promotion_fold(history, HORIZONS, champion_saw=None)
        assert fold is not None
        assert (fold.start, fold.end) == (end - (end - start) * 0.2, end)
        assert fold.train_end == fold.start - GAP

    def test_at_most_a_week(self, city: CityMaker) -> None:
        history = MemoryHistory(city(60, count=2, step=3600))
        fold = promotion_fold(history, HORIZONS, champion_saw=None)
        assert fold is not None
        assert fold.end - fold.start == timedelta(days=7)

    def test_what_the_champion_saw_is_left_out_and_the_trial_sees_more(self, city: CityMaker) -> None:
        history = MemoryHistory(city(20, count=2, step=1800))
        start, end = spanned(history)
        for unseen in (timedelta(days=2), timedelta(days=12)):
            fold = promotion_fold(history, HORIZONS, champion_saw=end - unseen)
            assert fold is not None
            assert fold.train_end > end - unseen
        assert fold.end - fold.start == (end - start) * 0.2

    def test_three_days_against_a_champion_however_short_the_history(self, city: CityMaker) -> None:
        history = MemoryHistory(city(8, count=2, step=1800))
        _, end = spanned(history)
        fold = promotion_fold(history, HORIZONS, champion_saw=end - timedelta(days=6))
        assert fold is not None
        assert fold.end - fold.start == timedelta(days=3)

    def test_a_young_champion_is_judged_on_a_day_where_there_is_one(self, city: CityMaker) -> None:
        history = MemoryHistory(city(3, count=2, step=1800))
        _, end = spanned(history)
        saw = end - timedelta(hours=24)
        lengths = {}
        for young in (False, True):
            fold = promotion_fold(history, HORIZONS, champion_saw=saw, young=young)
            assert fold is not None
            assert fold.train_end >= saw
            lengths[young] = fold.end - fold.start
        assert lengths == {False: timedelta(hours=12), True: timedelta(hours=22)}
        fold = promotion_fold(history, HORIZONS, champion_saw=end - timedelta(hours=20), young=True)
        assert fold is not None
        assert fold.train_end == end - timedelta(hours=20)

    @pytest.mark.parametrize("days", [0.0, 0.2])
    def test_too_little_history(self, city: CityMaker, days: float) -> None:
        assert promotion_fold(MemoryHistory(city(days, count=2)), HORIZONS, champion_saw=None) is None

    def test_nothing_the_champion_has_not_seen(self, city: CityMaker) -> None:
        history = MemoryHistory(city(10, count=2))
        assert promotion_fold(history, HORIZONS, champion_saw=spanned(history)[1] - timedelta(hours=1)) is None


class TestMeet:
    @pytest.fixture
    def met(self, city: CityMaker) -> Callable[[int | None], PromotionDecision]:
        """The verdict on a model of a trained city beside a champion of so many rounds, or beside the last value."""
        history = MemoryHistory(city(9))
        _, end = spanned(history)
        fold = Fold(end - timedelta(days=4) - GAP, end - timedelta(days=4), end)
        new = trained(history, fold.train_end, rounds=60)

        def verdict(rounds: int | None) -> PromotionDecision:
            champion = None if rounds is None else trained(history, fold.train_end, rounds=rounds)
            return decide_promotion(history, fold, {"own": new}, champion, on_progress=quietly)

        return verdict

    def test_without_a_champion_the_last_value_is_the_rival(
        self, met: Callable[[int | None], PromotionDecision]
    ) -> None:
        verdict = met(None)
        assert verdict.better
        assert verdict.gain is not None
        assert verdict.gain[0] > 5
        assert "under the last value's" in verdict.reason
        assert set(verdict.scores) == {"10", "60"}
        assert set(verdict.scores["10"]) == {"challenger", "persistence"}

    def test_a_twin_is_not_better(self, met: Callable[[int | None], PromotionDecision]) -> None:
        verdict = met(60)
        assert not verdict.better
        assert verdict.gain == (0, 0, 0)
        assert verdict.scores["60"]["challenger"] == verdict.scores["60"]["champion"]

    def test_a_weaker_champion_is_beaten(self, met: Callable[[int | None], PromotionDecision]) -> None:
        verdict = met(1)
        assert verdict.better
        assert verdict.gain is not None
        assert 0 < verdict.gain[1] < verdict.gain[0] < verdict.gain[2]
        assert "under the champion's" in verdict.reason

    def test_few_days_are_not_enough_against_a_champion(self, city: CityMaker) -> None:
        history = MemoryHistory(city(5))
        _, end = spanned(history)
        fold = Fold(end - timedelta(hours=20), end - timedelta(hours=12), end)
        weak, strong = (trained(history, fold.train_end, rounds=rounds) for rounds in (1, 60))
        verdict = decide_promotion(history, fold, {"own": strong}, weak, on_progress=quietly)
        assert not verdict.better
        assert "fewer than 3 days are too few to tell" in verdict.reason
        verdict = decide_promotion(history, fold, {"own": strong}, weak, young=True, on_progress=quietly)
        assert not verdict.better
        assert "fewer than 20 hours are too few to tell" in verdict.reason

    @pytest.mark.parametrize(("rounds", "better"), [(1, True), (60, False)])
    def test_a_day_is_enough_against_a_young_one(self, city: CityMaker, rounds: int, *, better: bool) -> None:
        history = MemoryHistory(city(5))
        _, end = spanned(history)
        fold = Fold(end - timedelta(hours=23), end - timedelta(hours=22), end)
        weak, strong = (trained(history, fold.train_end, rounds=many) for many in (rounds, 60))
        verdict = decide_promotion(history, fold, {"own": strong}, weak, young=True, on_progress=quietly)
        assert verdict.better is better
        assert verdict.reason.endswith("under the champion's on 21 hours")
        assert not decide_promotion(history, fold, {"own": strong}, weak, on_progress=quietly).better

    def test_no_horizon_in_common(self, city: CityMaker) -> None:
        history = MemoryHistory(city(3))
        _, end = spanned(history)
        one = train(history, horizons=(10,), end=end, sample_rows=2_000, boosting=Boosting(rounds=1))
        other = train(history, horizons=(30,), end=end, sample_rows=2_000, boosting=Boosting(rounds=1))
        verdict = decide_promotion(history, Fold(end, end, end), {"own": one}, other, on_progress=quietly)
        assert not verdict.better
        assert "no horizon" in verdict.reason
