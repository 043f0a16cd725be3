"""The interface of boosted trees of any engine, and the batches they are trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats

ProgressCallback = Callable[[str, float], None]  # what is being done, and which share of it is


def ignore_progress(_doing: str, _share: float) -> None:
    """Ignore progress reports."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to learn from: features `x` float32[R, features], `classes` int64[R, H], the `margins` float32[R, H *
    CLASSES] boosting starts from, and what each row counts for, `weight` float32[R]."""

    x: Floats
    classes: npt.NDArray[np.int64]
    margins: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Boosting:
    """How trees are grown: each of `rounds` trees sees one batch and holds a value for every class and horizon."""

    rounds: int = 400
    leaves: int = 24
    depth: int = 6  # levels: a bounded walk costs a third less than one down to the deepest leaf of 24
    columns: float = 0.4  # share of the features that each split may look at
    rate: float = 0.06
    rows_a_tree: int = 200_000
    rows_a_leaf: int = 5  # in units of second derivative
    shrink: float = 1.0  # L2 on leaf values
    bins: int = 64
    threads: int = 1
    seed: int = 0

    def hurried(self) -> Boosting:
        """Half as many trees with steps twice as bold, from fewer rows each: a model in a tenth of the time, a little
        worse."""
        return replace(
            self, rounds=max(self.rounds // 2, 1), rate=2 * self.rate, rows_a_tree=max(self.rows_a_tree // 5, 1)
        )


class Trees(Protocol):
    """Grown trees with vector leaves."""

    def margins(self, x: Floats) -> Floats:
        """What the trees add to the prior's margins for rows float32[R, features]: float32[R, H * CLASSES]."""

    def files(self) -> dict[str, bytes]:
        """The trees in the engine's own format, by file name."""
