"""LightGBM as the engine: it finds the trees' shape, and a table gives every leaf its vector of values."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import lightgbm as lgb
import numpy as np

from forecaster.arrays import Floats, Ints
from forecaster.model.boosting import Batch, Boosting, ProgressCallback
from forecaster.model.objective import ClassLoss

LEAVES = "leaves.npz"
DIRECTIONS = (0, 1, 0, 2)  # the direction of change that the trees of each turn of the horizons split along


@dataclass(slots=True)
class LeafTable:
    """The trees of one booster: their shape, and `values` float32[trees, leaves, H * CLASSES]."""

    booster: lgb.Booster
    values: Floats

    def add_margins(self, x: Floats, total: Floats, *, start: int = 0) -> None:
        """Add what the trees from `start` on say of rows `x` to `total` float32[R, H * CLASSES]."""
        if start >= len(self.values):
            return
        leaf = self.booster.predict(x, pred_leaf=True, start_iteration=start, num_threads=1)
        for tree, column in enumerate(np.asarray(leaf).reshape(len(x), -1).T, start):
            total += self.values[tree][np.ascontiguousarray(column)]


class LightgbmTrees:
    """Trees whose shape LightGBM grew."""

    def __init__(self, groves: Sequence[LeafTable]) -> None:
        self._groves = groves

    def margins(self, x: Floats) -> Floats:
        """See `Trees.margins`."""
        total = np.zeros((len(x), self._groves[0].values.shape[2]), np.float32)
        for grove in self._groves:
            grove.add_margins(x, total)
        return total

    def files(self) -> dict[str, bytes]:
        """See `Trees.files`: a text file a booster, and one table of leaf values."""
        table = io.BytesIO()
        np.savez_compressed(table, *(grove.values for grove in self._groves))
        shapes = {_name(i): grove.booster.model_to_string().encode() for i, grove in enumerate(self._groves)}
        return {**shapes, LEAVES: table.getvalue()}

    @classmethod
    def load(cls, files: Mapping[str, bytes]) -> LightgbmTrees:
        """Trees from what `files` gave; `lightgbm.basic.LightGBMError` or `ValueError` where it is not a model."""
        with np.load(io.BytesIO(files[LEAVES]), allow_pickle=False) as table:
            values = [table[name] for name in table.files]
        boosters = [lgb.Booster(model_str=files[_name(i)].decode()) for i in range(len(values))]
        return cls([LeafTable(booster, leaf_values) for booster, leaf_values in zip(boosters, values, strict=True)])


def _name(i: int) -> str:
    return f"trees_{i}.txt"


@dataclass(slots=True)
class _BatchGrower:
    """One batch as LightGBM sees it, the trees grown on it, and the margins its rows have reached."""

    batch: Batch
    loss: ClassLoss
    grove: LeafTable
    margins: Floats
    reached: list[int] = field(default_factory=list)  # how many trees of each grower the margins include

    def catch_up(self, growers: Sequence[_BatchGrower]) -> None:
        """Bring the margins up to what all growers have grown."""
        for i, other in enumerate(growers):
            other.grove.add_margins(self.batch.x, self.margins, start=self.reached[i])
            self.reached[i] = len(other.grove.values)

    def grow_one(self, horizon: int, direction: int, boosting: Boosting) -> None:
        """Grow a tree along one direction of one horizon, then give each leaf its Newton step in everything."""
        gradient, second, along, along_second = self.loss(self.margins, horizon)
        pair = np.ascontiguousarray(along[:, direction]), np.ascontiguousarray(along_second[:, direction])
        self.grove.booster.update(fobj=lambda _scores, _data: pair)
        trees = len(self.grove.values)
        leaf = self.grove.booster.predict(
            self.batch.x, pred_leaf=True, start_iteration=trees, num_threads=boosting.threads
        )
        step = _newton(np.asarray(leaf).reshape(-1).astype(np.int64), gradient, second, boosting)
        self.grove.values = np.concatenate([self.grove.values, step[None]])


def load(files: Mapping[str, bytes]) -> LightgbmTrees:
    """See `LightgbmTrees.load`."""
    return LightgbmTrees.load(files)


def grow(batches: Sequence[Batch], boosting: Boosting, on_progress: ProgressCallback) -> LightgbmTrees:
    """Grow trees; every batch serves for a whole turn of the horizons, then the next one does."""
    horizons = batches[0].classes.shape[1]
    growers = _growers(batches, boosting)
    for i in range(boosting.rounds):
        turn = i // horizons
        grower = growers[turn % len(growers)]
        grower.catch_up(growers)
        grower.grow_one(i % horizons, DIRECTIONS[turn % len(DIRECTIONS)], boosting)
        on_progress("growing trees", (i + 1) / boosting.rounds)
    return LightgbmTrees([grower.grove for grower in growers])


def _growers(batches: Sequence[Batch], boosting: Boosting) -> list[_BatchGrower]:
    growers: list[_BatchGrower] = []
    for batch in batches:
        reference = growers[0].grove.booster.train_set if growers else None
        data = lgb.Dataset(
            batch.x, np.zeros(len(batch.x)), reference=reference, params={"max_bin": boosting.bins, "verbose": -1}
        )
        none = np.empty((0, boosting.leaves, batch.margins.shape[1]), np.float32)
        grove = LeafTable(lgb.Booster(_settings(boosting), data), none)
        growers.append(
            _BatchGrower(batch, ClassLoss(batch.classes, batch.weight), grove, batch.margins.copy(), [0] * len(batches))
        )
    return growers


def _newton(leaf: Ints, gradient: Floats, second: Floats, boosting: Boosting) -> Floats:
    """The step -rate * sum(gradient) / (sum(second) + shrink) of each leaf, float32[leaves, H * CLASSES]."""
    order = np.argsort(leaf, kind="stable")
    present, starts = np.unique(leaf[order], return_index=True)
    step = np.zeros((boosting.leaves, gradient.shape[1]), np.float32)
    slope = np.add.reduceat(gradient[order], starts, axis=0)
    curve = np.add.reduceat(second[order], starts, axis=0)
    step[present] = -boosting.rate * slope / (curve + boosting.shrink)
    return step


def _settings(boosting: Boosting) -> dict[str, object]:
    return {
        "objective": "none",
        "num_leaves": boosting.leaves,
        "max_depth": boosting.depth,
        "feature_fraction_bynode": boosting.columns,
        "max_bin": boosting.bins,
        "min_sum_hessian_in_leaf": boosting.rows_a_leaf,
        "lambda_l2": boosting.shrink,
        "num_threads": boosting.threads,
        "seed": boosting.seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
