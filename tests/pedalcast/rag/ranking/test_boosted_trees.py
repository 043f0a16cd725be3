"""Saved trees, against the library that grew them."""

from __future__ import annotations

from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest

from pedalcast.rag.ranking.boosted_trees import BoostedTrees
from pedalcast.rag.ranking.passage_score import LEARNED

SETTINGS = {"objective": "regression", "num_leaves": 6, "min_data_in_leaf": 5, "num_threads": 1, "verbosity": -1}


def grown(folder: Path, rows: np.ndarray, wanted: np.ndarray, **more: object) -> tuple[lgb.Booster, Path]:
    data = lgb.Dataset(rows, wanted, **more)  # type: ignore[arg-type]
    booster = lgb.train(SETTINGS, data, 8)
    booster.save_model(folder / "trees.txt")
    return booster, folder / "trees.txt"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_those_that_choose_sentences_score_as_the_library_does(lang: str) -> None:
    path = LEARNED / f"sentences-{lang}.txt"
    library = lgb.Booster(model_file=str(path))
    random = np.random.default_rng(3)
    rows = random.normal(size=(400, library.num_feature())) * random.choice([0, 0.3, 1, 5], size=(400, 1))
    rows[random.random(rows.shape) < 0.05] = np.nan
    raw = library.predict(rows, num_threads=1)
    assert np.allclose(BoostedTrees.read(path).predict(rows), raw, rtol=0, atol=1e-6)


def test_trees_of_different_sizes_and_values_on_a_threshold(tmp_path: Path) -> None:
    rows = np.random.default_rng(4).integers(0, 4, size=(300, 3)).astype(float)
    library, path = grown(tmp_path, rows, np.where(rows[:, 0] > 2, 7.0, rows[:, 1]))
    trees = BoostedTrees.read(path)
    thresholds = [float(one) for line in path.read_text().splitlines() if line.startswith("threshold=")
                  for one in line.removeprefix("threshold=").split()]  # fmt: skip
    on_thresholds = np.column_stack([thresholds] * 3)
    for some in (rows, on_thresholds):
        assert np.allclose(trees.predict(some), library.predict(some), rtol=0, atol=1e-6)


def test_a_tree_without_any_split(tmp_path: Path) -> None:
    library, path = grown(tmp_path, np.zeros((50, 2)), np.full(50, 2.5))
    assert np.allclose(BoostedTrees.read(path).predict(np.ones((2, 2))), library.predict(np.ones((2, 2))))


def test_splits_it_does_not_know_are_refused(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    rows = random.integers(0, 5, size=(300, 2)).astype(float)
    _, path = grown(tmp_path, rows, (rows[:, 0] == 3) + 0.0, categorical_feature=[0])
    with pytest.raises(ValueError, match="only trees"):
        BoostedTrees.read(path)
    rows[::7] = np.nan
    _, path = grown(tmp_path, rows, np.nan_to_num(rows[:, 1], nan=9.0))
    with pytest.raises(ValueError, match="only trees"):
        BoostedTrees.read(path)
