"""Scores by hand, on four stations."""

import numpy as np
import pytest

from pedalcast.forecasts.pending import Pending
from pedalcast.forecasts.scoring import Outcome, Scores, score

NAN = np.nan


def outcome(bikes: list[float], docks: list[float]) -> Outcome:
    """One horizon forecast for four stations with 10 docks each, which had 0, 2, 5 and an unknown number of bikes."""

    def row(*values: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.array([values], np.float32)

    last = row(0, 2, 5, NAN)[0]
    pending = Pending(
        run="r", model="m", made_at=0, minutes=(10,), targets=(600,), ids=("A", "B", "C", "D"),
        bikes=row(0.5, 2.0, 4.0, 1.0), low=row(0, 2, 3, 0).astype(np.int16), high=row(1, 3, 4, 2).astype(np.int16),
        median=row(0, 2, 4, 1).astype(np.int16),
        p_bike=row(0.5, 0.75, 1.0, 0.5), p_dock=row(1.0, 1.0, 0.5, 0.5), last_bikes=last, last_docks=10 - last,
    )  # fmt: skip
    return Outcome(pending, 0, 600, np.array(bikes, np.float32), np.array(docks, np.float32))


class TestScore:
    def test_sums_over_stations(self) -> None:
        said = score(outcome([1, 2, 10, 3], [9, 8, 0, 7]))
        assert said == Scores(
            count=3,
            absolute=1 + 0 + 6,
            squared=0.25 + 0 + 36,
            brier_empty=0.25 + 0.0625 + 0,
            brier_full=0 + 0 + 0.25,
            covered=2,
            last_absolute=1 + 0 + 5,
            last_squared=1 + 0 + 25,
            last_brier_empty=1,
            last_brier_full=1,
            docked=3,
        )

    def test_passes_over_stations_not_seen(self) -> None:
        said = score(outcome([NAN, 2, NAN, NAN], [NAN, 8, NAN, NAN]))
        assert said.count == 1
        assert said.absolute == 0

    def test_of_two_polls_add_up(self) -> None:
        one = score(outcome([1, 2, 10, 3], [9, 8, 0, 7]))
        assert (one + one).squared == 2 * one.squared
        assert one.lift == pytest.approx(1 - 7 / 6)
        assert np.isnan(Scores().lift)
