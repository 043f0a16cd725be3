"""LightGBM's saved trees, evaluated with numpy: for a hundred rows nobody has to load the library, which wants the
system's OpenMP runtime.

A row's way through a tree is a matrix product (S. Nakandala et al., "A Tensor Compiler for Unified Machine Learning
Prediction Serving", OSDI 2020, strategy GEMM). The file's format: LightGBM, `src/io/tree.cpp`, `Tree::ToString`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecaster.arrays import Doubles

_CATEGORY, _MISSING = 1, 0b1100  # bits of a decision's type: not a threshold; missing values have a side of their own


@dataclass(frozen=True, slots=True)
class BoostedTrees:
    """Sums of trees. Per tree and node the `feature` and `threshold` ("at most": left); `side` [tree, node, leaf] is 1
    where the leaf lies left of the node, -1 where right, 0 where elsewhere; `lefts` [tree, leaf] how often the way to a
    leaf turns left; `value` [tree, leaf]."""

    feature: NDArray[np.intp]
    threshold: Doubles
    side: NDArray[np.float32]
    lefts: NDArray[np.float32]
    value: Doubles

    @classmethod
    def read(cls, path: Path) -> BoostedTrees:
        """Trees as `Booster.save_model` wrote them. `ValueError` where they split on categories or missing values."""
        trees = [_Tree.of(text) for text in path.read_text("utf-8").split("\nTree=")[1:]]
        return _stacked(trees)

    def predict(self, rows: Doubles) -> Doubles:
        """The raw score of rows [row, feature]; NaN counts as zero, as in trees that saw none."""
        values = np.nan_to_num(rows, nan=0.0)[:, self.feature.ravel()]
        left = (values <= self.threshold.ravel()).astype(np.float32).reshape(len(rows), *self.feature.shape)
        reached = left.transpose(1, 0, 2) @ self.side == self.lefts[:, None]
        scores: Doubles = np.einsum("trl,tl->r", reached, self.value)
        return scores


@dataclass(frozen=True, slots=True)
class _Tree:
    """One tree as in the file: children are nodes from 0 on, and leaves as -1, -2 …"""

    feature: Sequence[int]
    threshold: Sequence[float]
    children: Sequence[tuple[int, int]]
    value: Sequence[float]

    @classmethod
    def of(cls, text: str) -> _Tree:
        fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        kinds = [int(kind) for kind in fields.get("decision_type", "").split()]
        if any(kind & (_CATEGORY | _MISSING) for kind in kinds):
            raise ValueError("only trees that split numbers at thresholds can be read")
        left, right = ([int(child) for child in fields.get(f"{side}_child", "").split()] for side in ("left", "right"))
        return cls(
            [int(feature) for feature in fields.get("split_feature", "").split()],
            [float(threshold) for threshold in fields.get("threshold", "").split()],
            list(zip(left, right, strict=True)),
            [float(value) for value in fields["leaf_value"].split()],
        )

    def ways(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Every leaf with the nodes on the way to it: (node, 1 for left or -1 for right)."""
        waiting: list[tuple[int, list[tuple[int, int]]]] = [(0 if self.children else -1, [])]
        while waiting:
            place, way = waiting.pop()
            if place < 0:
                yield -1 - place, way
            else:
                left, right = self.children[place]
                waiting += [(left, [*way, (place, 1)]), (right, [*way, (place, -1)])]


def _stacked(trees: Sequence[_Tree]) -> BoostedTrees:
    nodes, leaves = max(len(tree.feature) for tree in trees), max(len(tree.value) for tree in trees)
    feature, threshold = np.zeros((len(trees), nodes), np.intp), np.zeros((len(trees), nodes))
    side = np.zeros((len(trees), nodes, leaves), np.float32)
    lefts = np.full((len(trees), leaves), -1, np.float32)  # leaves that a smaller tree does not have are never reached
    value = np.zeros((len(trees), leaves))
    for i, tree in enumerate(trees):
        feature[i, : len(tree.feature)], threshold[i, : len(tree.threshold)] = tree.feature, tree.threshold
        value[i, : len(tree.value)] = tree.value
        for leaf, way in tree.ways():
            lefts[i, leaf] = sum(turn == 1 for _, turn in way)
            for node, turn in way:
                side[i, node, leaf] = turn
    return BoostedTrees(feature, threshold, side, lefts, value)
