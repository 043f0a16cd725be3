"""What boosted trees of any engine offer a model, and what they are grown from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from forecaster.window import Floats

Progress = Callable[[str, float], None]  # what is being done, and which share of it is


def silent(_doing: str, _share: float) -> None:
    """Progress that nobody watches."""


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

    rounds: int = 200
    leaves: int = 24
    rate: float = 0.12
    rows_a_leaf: int = 5  # in units of second derivative
    shrink: float = 1.0  # L2 on leaf values
    bins: int = 64
    threads: int = 1
    seed: int = 0


class Trees(Protocol):
    """Grown trees with vector leaves."""

    def margins(self, x: Floats) -> Floats:
        """What the trees add to the prior's margins for rows float32[R, features]: float32[R, H * CLASSES]."""

    def files(self) -> dict[str, bytes]:
        """The trees in the engine's own format, by file name."""
