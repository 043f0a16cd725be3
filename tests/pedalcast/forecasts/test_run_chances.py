"""Chances of at least n, read off the packed distributions."""

from __future__ import annotations

import numpy as np
import pytest

from forecaster.arrays import Floats
from forecaster.distribution import WIDTH, Distribution, bounded
from forecaster.packed_distribution import PackedDistribution
from pedalcast.forecasts.run_chances import RunChances
from pedalcast.forecasts.verification.pending_runs import PendingRun

BASE = 1_795_000_200
BIKES = np.array([4, 0, np.nan, 7], np.float32)
DOCKS = np.array([6, 10, np.nan, np.nan], np.float32)
UNLIMITED = np.array([False, False, False, True])


def spread(seed: int) -> Floats:
    """Four distributions of the change, none outside a station of ten places."""
    random = np.random.default_rng(seed)
    steps = random.dirichlet(np.full(9, 0.7), 4).cumsum(axis=1)
    cdf = np.zeros((4, WIDTH), np.float32)
    cdf[:, 36:45] = steps
    cdf[:, 45:] = 1
    return bounded(cdf, BIKES, DOCKS, np.full(4, 10, np.float32)).cdf


@pytest.fixture(scope="module")
def spreads() -> tuple[Floats, Floats]:
    return spread(1), spread(2)


@pytest.fixture(scope="module")
def chances(spreads: tuple[Floats, Floats]) -> RunChances:
    run = PendingRun(
        run="r1",
        model="a-model",
        made_at=BASE + 4,
        minutes=(10, 30),
        targets=(BASE + 600, BASE + 1800),
        ids=("A", "B", "C", "D"),
        packed=tuple(PackedDistribution.of(cdf) for cdf in spreads),
        last_bikes=BIKES,
        last_docks=DOCKS,
    )
    return RunChances(lambda: run, UNLIMITED)


class TestHorizons:
    @pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 11])
    def test_bikes_are_what_the_whole_distribution_says(
        self, chances: RunChances, spreads: tuple[Floats, Floats], count: int
    ) -> None:
        for row, cdf in zip(chances.at_least("bike", count), spreads, strict=True):
            expected = np.where(np.isnan(BIKES), np.nan, 1 - Distribution(cdf, BIKES, DOCKS).at_most(count - 1.0))
            np.testing.assert_allclose(row, expected, atol=1e-4)

    def test_one_dock_is_what_the_forecast_says(self, chances: RunChances, spreads: tuple[Floats, Floats]) -> None:
        for row, cdf in zip(chances.at_least("dock", 1), spreads, strict=True):
            np.testing.assert_allclose(row[:3], Distribution(cdf, BIKES, DOCKS).p_dock()[:3], atol=1e-4)

    def test_more_are_never_likelier(self, chances: RunChances) -> None:
        for want in ("bike", "dock"):
            rows = np.stack([chances.at_least(want, count)[:, :2] for count in range(1, 12)])  # type: ignore[arg-type]
            assert (np.diff(rows, axis=0) <= 0).all()
            assert (rows[0] > 0).any()
            assert (rows[-1] == 0).all()  # no more than the ten places

    def test_docks_without_limit_are_there_and_unknown_ones_are_unknown(self, chances: RunChances) -> None:
        docks = chances.at_least("dock", 5)
        assert (docks[:, 3] == 1).all()
        assert np.isnan(docks[:, 2]).all()


class TestBetweenHorizons:
    def test_starts_from_what_is_there(self, chances: RunChances) -> None:
        np.testing.assert_array_equal(chances.at("bike", 3, BASE), np.array([1, 0, np.nan, 1], np.float32))

    def test_goes_straight_from_one_to_the_next(self, chances: RunChances) -> None:
        first, second = chances.at_least("bike", 3)
        np.testing.assert_allclose(chances.at("bike", 3, BASE + 1200), (first + second) / 2, atol=1e-6)
        np.testing.assert_array_equal(chances.at("bike", 3, BASE + 600), first)

    def test_ends_a_little_after_the_last(self, chances: RunChances) -> None:
        np.testing.assert_array_equal(chances.at("bike", 1, BASE + 1800 + 600), chances.at_least("bike", 1)[1])
        assert np.isnan(chances.at("bike", 1, BASE + 1800 + 601)).all()

    def test_of_one_station(self, chances: RunChances) -> None:
        station = chances.station("A")
        assert station is not None
        assert station.bikes(2, BASE + 900) == pytest.approx(float(chances.at("bike", 2, BASE + 900)[0]))
        assert station.docks(40, BASE + 900) == 0
        unknown = chances.station("C")
        assert unknown is not None
        assert unknown.bikes(1, BASE + 900) is None
        assert chances.station("Z") is None


def test_survives_its_bytes(chances: RunChances) -> None:
    again = RunChances.from_bytes(chances.to_bytes())
    assert again is not None
    for want in ("bike", "dock"):
        np.testing.assert_array_equal(again.at_least(want, 2), chances.at_least(want, 2))  # type: ignore[arg-type]


def test_of_another_version_are_none(chances: RunChances) -> None:
    bits, head, rest = chances.to_bytes().split(b"\n", 2)
    assert RunChances.from_bytes(b"\n".join([bits, head.replace(b'"v":3', b'"v":2'), rest])) is None
