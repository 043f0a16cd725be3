"""The three small learners: a listwise linear model, small trees, a logistic model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from forecaster.arrays import Doubles

if TYPE_CHECKING:
    import lightgbm as lgb

_TREES = {
    "objective": "lambdarank", "learning_rate": 0.06, "num_leaves": 15, "min_data_in_leaf": 50, "lambda_l2": 5.0,
    "feature_fraction": 0.6, "bagging_fraction": 0.7, "bagging_freq": 1, "label_gain": [0, 1, 3, 7],
    "lambdarank_truncation_level": 8, "seed": 1, "num_threads": 1, "verbosity": -1,
}  # fmt: skip
_ROUNDS = 150
_BOUNDS = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}


def fit_listwise(
    groups: Sequence[tuple[Doubles, NDArray[np.bool_]]], weights: Doubles, l2: float, *, positive: bool
) -> Doubles:
    """Weights that maximise the softmax probability of the right rows of each group (ListNet's top-one likelihood).

    `weights` [groups] says how much each group counts. `positive` keeps the result at or above zero.
    """
    usable = [n for n, (_, right) in enumerate(groups) if right.any() and not right.all()]
    rows = np.concatenate([groups[n][0] for n in usable])
    right = np.concatenate([groups[n][1] for n in usable])
    sizes = np.array([len(groups[n][0]) for n in usable])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    share = weights[usable] / weights[usable].sum()

    def loss(w: Doubles) -> tuple[float, Doubles]:
        z = rows @ w
        e = np.exp(z - np.repeat(np.maximum.reduceat(z, first), sizes))
        total, hit = np.add.reduceat(e, first), np.add.reduceat(e * right, first)
        pull = np.repeat(share, sizes) * (e / np.repeat(total, sizes) - e * right / np.repeat(hit, sizes))
        return float(-share @ np.log(hit / total) + l2 * w @ w), rows.T @ pull + 2 * l2 * w

    bounds = [(0, None) if positive else (None, None)] * rows.shape[1]
    start = np.full(rows.shape[1], 1.0 if positive else 0.0)
    solution: Doubles = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200}).x
    return solution


def fit_trees(rows: Doubles, grades: NDArray[np.int64], sizes: Sequence[int]) -> lgb.Booster:
    """Small ranking trees; `grades` 0 to 3."""
    import lightgbm as lgb  # noqa: PLC0415 - it wants the system's OpenMP runtime, and nothing else here does

    return lgb.train(_TREES, lgb.Dataset(rows, grades, group=sizes), _ROUNDS)


def fit_logistic(
    rows: Doubles, answer: NDArray[np.bool_], weights: Doubles, l2: float = 1e-3, signs: Sequence[int] | None = None
) -> tuple[Doubles, float]:
    """Weights and bias of a logistic model, on rows standardised inside; `weights` [rows] how much each counts.

    `signs` [columns] bounds the weights: 1 keeps one at or above zero, -1 at or below, 0 leaves it free.
    """
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    scaled = np.column_stack([(rows - mean) / deviation, np.ones(len(rows))])
    sign, share = np.where(answer, 1.0, -1.0), weights / weights.sum()

    def loss(w: Doubles) -> tuple[float, Doubles]:
        margin = sign * (scaled @ w)
        pull = -share * sign / (1 + np.exp(margin.clip(max=50)))
        ridge = np.append(w[:-1], 0.0)
        return float(share @ np.logaddexp(0, -margin) + l2 * ridge @ ridge), scaled.T @ pull + 2 * l2 * ridge

    bounds = [_BOUNDS[sign] for sign in signs or [0] * rows.shape[1]] + [_BOUNDS[0]]
    start = np.zeros(scaled.shape[1])
    w = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}).x
    return w[:-1] / deviation, float(w[-1] - (w[:-1] / deviation) @ mean)
