"""Which polls are kept, and how they are cut into stretches."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.importing.poll_times import KEPT_GAP, SHORTEST_GAP, stretches, thin

TIMES = st.lists(st.integers(0, 10**6), min_size=1, max_size=200, unique=True).map(sorted)


class TestThin:
    @pytest.mark.parametrize("step", [151, 300, 900])
    def test_unhurried_polls_all_stay(self, step: int) -> None:
        times = np.arange(50, dtype=np.int64) * step
        assert thin(times).tolist() == times.tolist()

    @pytest.mark.parametrize(("step", "kept_every"), [(10, 27), (60, 5), (61, 5), (90, 3), (150, 2)])
    def test_hurried_ones_are_thinned(self, step: int, kept_every: int) -> None:
        times = np.arange(100, dtype=np.int64) * step
        assert thin(times).tolist() == times[::kept_every].tolist()

    @given(TIMES)
    def test_what_is_kept_is_apart_and_nothing_far_from_it_is_lost(self, times: list[int]) -> None:
        polls = np.array(times, np.int64)
        kept = thin(polls)
        assert set(kept.tolist()) <= set(times)
        if len(polls) >= 3 and np.median(np.diff(polls)) <= SHORTEST_GAP:
            assert (np.diff(kept) >= KEPT_GAP).all()
            before = kept[np.searchsorted(kept, polls, side="right") - 1]
            assert (polls - before < KEPT_GAP).all()


class TestStretches:
    @given(TIMES, st.integers(1, 50))
    def test_every_poll_lies_in_exactly_one_of_whole_hours(self, times: list[int], at_once: int) -> None:
        polls = pl.DataFrame({"at": times, "rows": [1] * len(times)})
        parts = list(stretches(polls, at_once))
        assert all(start % 3600 == end % 3600 == 0 for start, end, _ in parts)
        assert all(ended <= began for (_, ended, _), (began, _, _) in pairwise(parts))
        counts = [sum(start <= time < end for time in times) for start, end, _ in parts]
        assert counts == [rows for _, _, rows in parts]
        assert sum(counts) == len(times)

    def test_a_stretch_holds_about_so_many_rows(self) -> None:
        polls = pl.DataFrame({"at": [0, 3600, 7200, 10800], "rows": [3, 3, 3, 9]})
        assert list(stretches(polls, 6)) == [(0, 7200, 6), (7200, 10800, 3), (10800, 14400, 9)]
