"""XGBoost as the engine: vector-leaf trees, one traversal for all classes and horizons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xgboost as xgb
from xgboost.objective import TreeObjective

from forecaster.arrays import Floats
from forecaster.model.boosting import Batch, Boosting, ProgressCallback
from forecaster.model.objective import ClassLoss

FILE = "trees.ubj"


class _Objective(TreeObjective):
    """Leaf values from all classes and horizons, splits from three directions of one horizon: about a sixth of the
    work of splitting on every output."""

    def __init__(self, loss: ClassLoss, horizons: int) -> None:
        self._loss, self._horizons = loss, horizons
        self._along: tuple[Floats, Floats] | None = None

    def __call__(self, iteration: int, y_pred: Floats, dtrain: xgb.DMatrix) -> tuple[Floats, Floats]:  # noqa: ARG002
        gradient, second, *along = self._loss(y_pred, iteration % self._horizons)
        self._along = along[0], along[1]
        return gradient, second

    def split_grad(self, iteration: int, grad: Floats, hess: Floats) -> tuple[Floats, Floats] | None:  # noqa: ARG002
        return self._along


class XgboostTrees:
    """Trees grown by XGBoost."""

    def __init__(self, booster: xgb.Booster) -> None:
        self._booster = booster
        booster.set_param({"nthread": 1})  # more threads than free cores cost twenty times what one does

    def margins(self, x: Floats) -> Floats:
        """See `Trees.margins`."""
        margins: Floats = self._booster.inplace_predict(x, predict_type="margin")
        return margins

    def files(self) -> dict[str, bytes]:
        """See `Trees.files`."""
        return {FILE: bytes(self._booster.save_raw("ubj"))}

    @classmethod
    def load(cls, files: Mapping[str, bytes]) -> XgboostTrees:
        """Trees from what `files` gave; `xgboost.core.XGBoostError` where it is not a model."""
        booster = xgb.Booster()
        booster.load_model(bytearray(files[FILE]))
        return cls(booster)


def load(files: Mapping[str, bytes]) -> XgboostTrees:
    """See `XgboostTrees.load`."""
    return XgboostTrees.load(files)


def grow(batches: Sequence[Batch], boosting: Boosting, on_progress: ProgressCallback) -> XgboostTrees:
    """Grow trees; every batch serves for a whole turn of the horizons, then the next one does."""
    outputs, horizons = batches[0].margins.shape[1], batches[0].classes.shape[1]
    data = _quantised(batches, boosting)
    losses = [_Objective(ClassLoss(batch.classes, batch.weight), horizons) for batch in batches]
    booster = xgb.Booster(_settings(boosting, outputs), data)
    for i in range(boosting.rounds):
        turn = i // horizons % len(batches)
        booster.update(data[turn], i, fobj=losses[turn])
        on_progress("growing trees", (i + 1) / boosting.rounds)
    return XgboostTrees(booster)


def _quantised(batches: Sequence[Batch], boosting: Boosting) -> list[xgb.QuantileDMatrix]:
    data: list[xgb.QuantileDMatrix] = []
    for batch in batches:
        labels = np.zeros((len(batch.x), batch.margins.shape[1]), np.float32)  # the loss knows the true ones
        data.append(
            xgb.QuantileDMatrix(
                batch.x,
                labels,
                base_margin=batch.margins,
                max_bin=boosting.bins,
                nthread=boosting.threads,
                ref=data[0] if data else None,
            )
        )
    return data


def _settings(boosting: Boosting, outputs: int) -> dict[str, object]:
    return {
        "tree_method": "hist",
        "multi_strategy": "multi_output_tree",
        "max_depth": boosting.depth,
        "max_leaves": boosting.leaves,
        "max_bin": boosting.bins,
        "colsample_bynode": boosting.columns,
        "eta": boosting.rate,
        "min_child_weight": boosting.rows_a_leaf,
        "reg_lambda": boosting.shrink,
        "base_score": [0.0] * outputs,
        "nthread": boosting.threads,
        "seed": boosting.seed,
        "disable_default_eval_metric": 1,
    }
