"""Tempering: too sure a model is made less sure, an honest one is left alone."""

from __future__ import annotations

import numpy as np
import pytest

from forecaster.model.calibration import fit_temperatures
from forecaster.model.classes import CLASSES, UNKNOWN
from forecaster.model.objective import softmax


def drawn(margins: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(0)
    upto = np.cumsum(softmax(margins), axis=1)
    return np.minimum((random.random((len(margins), 1)) > upto).sum(axis=1), CLASSES - 1)


class TestTempers:
    def test_each_horizon_has_its_own(self) -> None:
        margins = np.random.default_rng(1).normal(0, 2, (20_000, CLASSES)).astype(np.float32)
        honest, drifted = drawn(margins), drawn(margins * np.float32(0.9))
        both = np.concatenate([margins, margins], axis=1)
        found = fit_temperatures(both, np.stack([honest, drifted], axis=1))
        assert found == pytest.approx([1.0, 0.95], abs=0.01)

    def test_nothing_known_changes_nothing(self) -> None:
        margins = np.zeros((5, CLASSES), np.float32)
        assert fit_temperatures(margins, np.full((5, 1), UNKNOWN)).tolist() == [1.0]
