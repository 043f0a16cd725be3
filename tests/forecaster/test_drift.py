"""The reference of a model's inputs, and how far others lie from it."""

import numpy as np
import pytest

from forecaster.drift import BINS, FILE, LARGE_PSI, DriftReference
from forecaster.features import FEATURES

BIKES, FILL, MINUTE = (FEATURES.index(name) for name in ("bikes", "fill", "minute"))


def rows(count: int, seed: int) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(count, len(FEATURES))).astype(np.float32)
    x[::5, FILL] = np.nan
    return x


@pytest.fixture(scope="module")
def reference() -> DriftReference:
    return DriftReference.of(rows(20_000, 1))


class TestReference:
    def test_has_a_tenth_in_every_bin(self, reference: DriftReference) -> None:
        assert reference.shares[BIKES][:-1] == pytest.approx(0.1, abs=0.002)
        assert reference.shares[BIKES][-1] == 0
        assert reference.shares[FILL][-1] == pytest.approx(0.2)

    def test_counts_every_row_once(self, reference: DriftReference) -> None:
        counts = reference.count(rows(999, 2))
        assert counts.shape == (len(FEATURES), BINS)
        assert (counts.sum(axis=1) == 999).all()

    def test_comes_back_from_its_file(self, reference: DriftReference) -> None:
        back = DriftReference.from_files({FILE: reference.to_json()})
        assert back is not None
        assert np.array_equal(back.edges, reference.edges)
        assert np.array_equal(back.shares, reference.shares)

    def test_of_none_or_of_other_features_is_none(self, reference: DriftReference) -> None:
        assert DriftReference.from_files({}) is None
        other = reference.to_json().replace(b'"bikes"', b'"horses"')
        assert DriftReference.from_files({FILE: other}) is None

    def test_of_features_never_known_and_always_the_same(self) -> None:
        x = rows(1000, 3)
        x[:, BIKES], x[:, FILL] = np.nan, 7
        made = DriftReference.of(x)
        psi = made.psi(made.count(x))
        assert psi["bikes"] == psi["fill"] == 0


class TestPsi:
    def test_is_nothing_for_the_same_kind_of_rows(self, reference: DriftReference) -> None:
        assert max(reference.psi(reference.count(rows(20_000, 4))).values()) < 0.01

    def test_is_much_for_the_feature_that_has_moved_and_only_for_it(self, reference: DriftReference) -> None:
        x = rows(20_000, 5)
        x[:, BIKES] += 1
        psi = reference.psi(reference.count(x))
        assert psi.pop("bikes") > LARGE_PSI
        assert max(psi.values()) < 0.01

    def test_is_much_where_values_are_missing_now(self, reference: DriftReference) -> None:
        x = rows(5_000, 6)
        x[:, BIKES] = np.nan
        assert reference.psi(reference.count(x))["bikes"] > LARGE_PSI

    def test_agrees_with_its_formula(self) -> None:
        edges = np.tile(np.arange(9.0), (len(FEATURES), 1))
        then = np.tile([0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0], (len(FEATURES), 1))
        counts = np.zeros((len(FEATURES), BINS), np.int64)
        counts[:, 0], counts[:, 1] = 20, 80
        found = DriftReference(FEATURES, edges, then).psi(counts)["bikes"]
        assert found == pytest.approx((0.2 - 0.5) * np.log(0.2 / 0.5) + (0.8 - 0.5) * np.log(0.8 / 0.5))

    def test_leaves_out_what_tells_the_time_and_says_nothing_of_nothing(self, reference: DriftReference) -> None:
        assert "minute" not in reference.psi(reference.count(rows(10, 7)))
        assert reference.psi(np.zeros((len(FEATURES), BINS), np.int64)) == {}
