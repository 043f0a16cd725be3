"""Samples of inputs: when they are taken, of how many rows, and how they are counted."""

import numpy as np

from forecaster.drift import DriftReference
from forecaster.features import FEATURES
from pedalcast.forecasts.prediction.drift_sampling import MAX_SAMPLES, InputSampler

START = 1_700_000_000
INPUTS = np.random.default_rng(0).normal(size=(50, len(FEATURES))).astype(np.float32)
REFERENCE = DriftReference.of(INPUTS)


def rows(sampler: InputSampler) -> list[int]:
    """How many rows each sample has, the same in every feature."""
    return [int(number) for _, counts in sampler.take() for number in np.unique(counts.sum(axis=1))]


class TestInputSampler:
    def test_counts_each_sample_once(self) -> None:
        sampler = InputSampler(REFERENCE, every_s=0)
        assert sampler.take() == []
        sampler.offer(START, INPUTS)
        sampler.offer(START, INPUTS)
        assert rows(sampler) == [50, 50]
        assert sampler.take() == []

    def test_samples_once_a_poll_by_the_feeds_own_time(self) -> None:
        sampler = InputSampler(REFERENCE)
        for minute in (0, 1, 2, 5, 6, 10):
            sampler.offer(START + 60 * minute, INPUTS)
        assert [at - START for at, _ in sampler.take()] == [0, 300, 600]

    def test_samples_are_copies(self) -> None:
        inputs = INPUTS.copy()
        sampler = InputSampler(REFERENCE)
        sampler.offer(START, inputs)
        inputs[:] = np.nan
        ((_, counts),) = sampler.take()
        np.testing.assert_array_equal(counts, REFERENCE.count(INPUTS))

    def test_samples_some_of_many_stations(self) -> None:
        sampler = InputSampler(REFERENCE, rows=20)
        sampler.offer(START, INPUTS)
        assert rows(sampler) == [20]

    def test_drops_the_oldest_sample_when_they_are_not_taken(self) -> None:
        sampler = InputSampler(REFERENCE)
        for poll in range(MAX_SAMPLES + 5):
            sampler.offer(START + 300 * poll, INPUTS)
        assert rows(sampler) == [50] * MAX_SAMPLES
