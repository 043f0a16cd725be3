"""Samples of a model's inputs, to be compared with the training data's distribution."""

from __future__ import annotations

from collections import deque

import numpy as np

from forecaster.arrays import Floats, Ints
from forecaster.drift import DriftReference

SAMPLE_EVERY_S = 240  # of the feed's time between two samples: every poll, as a rule
SAMPLE_ROWS = 2_000  # stations in a sample
MAX_SAMPLES = 32  # samples that wait to be counted; the oldest is dropped


class InputSampler:
    """Sets copies of inputs aside while forecasts are made; counts them when asked, so that no forecast waits.

    `reference` holds the bins of the training data.
    """

    def __init__(self, reference: DriftReference, *, every_s: int = SAMPLE_EVERY_S, rows: int = SAMPLE_ROWS) -> None:
        self.reference = reference
        self._every_s = every_s
        self._rows = rows
        self._sampled_at: int | None = None
        self._random = np.random.default_rng(0)
        self._samples: deque[tuple[int, Floats]] = deque(maxlen=MAX_SAMPLES)

    def offer(self, at: int, inputs: Floats) -> None:
        """Copy some rows of `inputs`, float32[N, F] of time `at` (epoch seconds), when a sample is due."""
        if self._sampled_at is not None and at - self._sampled_at < self._every_s:
            return
        self._sampled_at = at
        every_row = len(inputs) <= self._rows
        chosen = slice(None) if every_row else self._random.choice(len(inputs), self._rows, replace=False)
        self._samples.append((at, inputs[chosen].copy()))

    def take(self) -> list[tuple[int, Ints]]:
        """The samples since the last call, oldest first: time (epoch seconds), and how many values lie in each bin of
        the reference, int64[F, BINS]."""
        counted = []
        while self._samples:
            at, inputs = self._samples.popleft()
            counted.append((at, self.reference.count(inputs)))
        return counted
