"""LightGBM's saved trees, evaluated by ONNX Runtime, which the embedding models need anyway.

So nobody has to load LightGBM, which wants the system's OpenMP runtime. The file's format: LightGBM, `src/io/tree.cpp`,
`Tree::ToString`; the operator: ONNX-ML, `TreeEnsembleRegressor`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from onnx import TensorProto, helper, numpy_helper

from forecaster.arrays import Doubles
from pedalcast.rag.embeddings.base import one_thread_session

_CATEGORY, _MISSING = 1, 0b1100  # bits of a decision's type: not a threshold; missing values have a side of their own
_OPSETS = (("", 17), ("ai.onnx.ml", 3))
_IR_VERSION = 8


class BoostedTrees:
    """A sum of trees. Thresholds and sums are double precision, the score itself is single."""

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session = session

    @classmethod
    def read(cls, path: Path) -> BoostedTrees:
        """Trees as `Booster.save_model` wrote them. `ValueError` where they split on categories or missing values."""
        head, *trees = path.read_text("utf-8").split("\nTree=")
        features = int(_fields(head)["max_feature_idx"]) + 1
        return cls(one_thread_session(_graph([_Tree.of(text) for text in trees], features)))

    def predict(self, rows: Doubles) -> Doubles:
        """The raw score of rows [row, feature]; NaN counts as zero, as in trees that saw none. [row]"""
        (scores,) = self._session.run(None, {"rows": np.nan_to_num(rows, nan=0.0)})
        predicted: Doubles = scores[:, 0].astype(np.float64)
        return predicted


@dataclass(frozen=True, slots=True)
class _Tree:
    """One tree as in the file: children are nodes from 0 on, and leaves as -1, -2 …"""

    feature: Sequence[int]
    threshold: Sequence[float]
    left: Sequence[int]
    right: Sequence[int]
    value: Sequence[float]

    @classmethod
    def of(cls, text: str) -> _Tree:
        fields = _fields(text)
        kinds = [int(kind) for kind in fields.get("decision_type", "").split()]
        if any(kind & (_CATEGORY | _MISSING) for kind in kinds):
            raise ValueError("only trees that split numbers at thresholds can be read")
        nodes = len(kinds)
        left, right = ([_place(int(child), nodes) for child in fields.get(f"{side}_child", "").split()]
                       for side in ("left", "right"))  # fmt: skip
        return cls(
            [int(feature) for feature in fields.get("split_feature", "").split()],
            [float(threshold) for threshold in fields.get("threshold", "").split()],
            left,
            right,
            [float(value) for value in fields["leaf_value"].split()],
        )


def _fields(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _place(child: int, nodes: int) -> int:
    """A child's number in the graph, where a tree's leaves follow its nodes."""
    return child if child >= 0 else nodes - 1 - child


def _graph(trees: Sequence[_Tree], features: int) -> bytes:
    """The model that sums the trees over rows [row, features] of doubles. A tree's nodes lie together, the root first:
    where another number follows, the runtime takes the next tree to begin."""
    padding = [[0] * len(tree.value) for tree in trees]
    places = [(t, n) for t, tree in enumerate(trees) for n in range(len(tree.feature) + len(tree.value))]
    leaves = [(t, len(tree.feature) + n) for t, tree in enumerate(trees) for n in range(len(tree.value))]
    modes = [mode for tree in trees for mode in ["BRANCH_LEQ"] * len(tree.feature) + ["LEAF"] * len(tree.value)]
    node = helper.make_node(
        "TreeEnsembleRegressor", ["rows"], ["scores"], domain="ai.onnx.ml", n_targets=1, nodes_modes=modes,
        nodes_treeids=[t for t, _ in places], nodes_nodeids=[n for _, n in places],
        nodes_featureids=_joined([tree.feature for tree in trees], padding),
        nodes_values_as_tensor=_doubles(_joined([tree.threshold for tree in trees], padding)),
        nodes_truenodeids=_joined([tree.left for tree in trees], padding),
        nodes_falsenodeids=_joined([tree.right for tree in trees], padding),
        target_treeids=[t for t, _ in leaves], target_nodeids=[n for _, n in leaves], target_ids=[0] * len(leaves),
        target_weights_as_tensor=_doubles([value for tree in trees for value in tree.value]),
    )  # fmt: skip
    rows = helper.make_tensor_value_info("rows", TensorProto.DOUBLE, [None, features])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 1])
    opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
    graph = helper.make_graph([node], "trees", [rows], [scores])
    model: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION).SerializeToString()
    return model


def _joined(nodes: Sequence[Sequence[float]], leaves: Sequence[Sequence[int]]) -> list[float]:
    """What each tree's nodes have, and after it what its leaves have."""
    joined: list[float] = []
    for of_nodes, of_leaves in zip(nodes, leaves, strict=True):
        joined += [*of_nodes, *of_leaves]
    return joined


def _doubles(values: Sequence[float]) -> TensorProto:
    return numpy_helper.from_array(np.array(values, np.float64))
