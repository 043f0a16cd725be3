"""Areas under curves: counted pair by pair, and added up over polls."""

from __future__ import annotations

import numpy as np
import pytest

from forecaster.scores.roc import EDGES, RocCounts, roc_auc


def by_pairs(chance: np.ndarray, event: np.ndarray) -> float:
    """The share of pairs of a hit and a miss in which the hit had the higher chance."""
    gap = chance[event == 1][:, None] - chance[event == 0]
    return float(((gap > 0) + (gap == 0) / 2).mean())


def drawn(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Chances as of empty stations, most of them small, and what happened by them."""
    random = np.random.default_rng(seed)
    chance = random.beta(0.1, 1.5, rows).astype(np.float32)
    return chance, (random.random(rows) < chance).astype(np.float32)


class TestAuc:
    def test_counts_pairs(self) -> None:
        chance, event = np.array([0.1, 0.4, 0.4, 0.9], np.float32), np.array([0, 0, 1, 1], np.float32)
        assert roc_auc(chance, event) == pytest.approx((1 + 0.5 + 1 + 1) / 4)
        chance, event = drawn(2_000)
        assert roc_auc(np.round(chance, 2), event) == pytest.approx(by_pairs(np.round(chance, 2), event))

    def test_passes_over_what_is_unknown(self) -> None:
        chance, event = np.array([0.1, np.nan, 0.9, 0.2], np.float32), np.array([0, 0, 1, np.nan], np.float32)
        assert roc_auc(chance, event) == 1

    def test_without_both_kinds_there_is_none(self) -> None:
        assert np.isnan(roc_auc(np.array([0.2, 0.3], np.float32), np.zeros(2, np.float32)))
        assert np.isnan(roc_auc(np.array([], np.float32), np.array([], np.float32)))


class TestRanked:
    def test_the_area_of_counts_is_that_of_the_rows(self) -> None:
        chance, event = drawn(50_000)
        assert RocCounts.of(chance, event).auc() == pytest.approx(roc_auc(chance, event), abs=0.002)

    def test_counts_of_parts_add_up_to_those_of_the_whole(self) -> None:
        chance, event = drawn(3_000)
        parts = [RocCounts.of(chance[part], event[part]) for part in (slice(0, 1_000), slice(1_000, None))]
        assert RocCounts.total(parts) == RocCounts.of(chance, event)

    def test_certain_chances_have_classes_of_their_own(self) -> None:
        found = RocCounts.of(np.array([0, 1, 1], np.float32), np.array([0, 1, 0], np.float32))
        assert (found.misses[0], found.misses[-1], found.hits[-1]) == (1, 1, 1)
        assert len(found.hits) == len(EDGES) + 1
