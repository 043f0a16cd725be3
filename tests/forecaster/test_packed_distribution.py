"""Distributions packed and unpacked: every score stays what it was."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from bench.sample_data.memory_history import MemoryHistory

from forecaster.distribution import WIDTH, Distribution
from forecaster.evaluation.judged_rows import constant_context
from forecaster.model.boosting import Boosting
from forecaster.packed_distribution import PackedDistribution
from forecaster.scores.row_scores import mean_scores, score_rows
from forecaster.training.sampling import Sample, SamplingPlan, draw_sample
from forecaster.training.trainer import train
from forecaster.window import Window

HORIZONS = (10, 60)


@pytest.fixture(scope="module")
def judged() -> Callable[[Window], tuple[Distribution, Sample]]:
    """Distributions of a trained model on its own city, and what came true."""

    def make(window: Window) -> tuple[Distribution, Sample]:
        history = MemoryHistory(window)
        model = train(history, horizons=HORIZONS, sample_rows=6_000, boosting=Boosting(rounds=20, leaves=8))
        context = model.context(history.stations())
        span = history.span()
        assert span is not None
        how = SamplingPlan(HORIZONS, 0.3)
        sample = draw_sample(
            history, *span, how, contexts=constant_context(context), on_progress=lambda _doing, _share: None
        )
        return model.distribution(sample.x, context.profile.most[sample.stations]), sample

    return make


def test_scores_stay_what_they_were(
    city: Callable[..., Window], judged: Callable[[Window], tuple[Distribution, Sample]]
) -> None:
    whole, sample = judged(city(3))
    packed = PackedDistribution.of(whole.cdf)
    unpacked = Distribution(packed.cdf(), whole.now, whole.docks)
    for place in range(len(HORIZONS)):
        rows = slice(place * len(sample), (place + 1) * len(sample))
        known = ~np.isnan(sample.bikes[:, place])
        truth = sample.bikes[known, place], sample.docks[known, place]
        before, after = (mean_scores(score_rows(one.take(rows).take(known), *truth)) for one in (whole, unpacked))
        assert before["rows"] > 3_000
        for name, value in before.items():
            assert after[name] == pytest.approx(value, rel=2e-4), name
    assert len(packed.to_bytes()) < 60 * len(whole.cdf)


def test_certainty_and_the_widest_spread_come_back() -> None:
    certain = (np.arange(WIDTH) >= 40).astype(np.float32)
    widest = np.linspace(1 / WIDTH, 1, WIDTH, dtype=np.float32)
    top = (np.arange(WIDTH) >= WIDTH - 1).astype(np.float32)
    cdf = np.stack([certain, widest, top])
    packed = PackedDistribution.of(cdf)
    again, rest = PackedDistribution.from_bytes(packed.to_bytes() + b"more", 3)
    assert rest == b"more"
    np.testing.assert_allclose(again.cdf(), cdf, atol=1e-5)
    np.testing.assert_array_equal(again.cdf()[[0, 2]], cdf[[0, 2]])
    assert again.size.tolist() == [0, WIDTH - 1, 0]
