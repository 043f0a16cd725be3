"""Where a model did worst, from rows made for it."""

from __future__ import annotations

import numpy as np

from forecaster.scores.row_scores import RowScores
from forecaster.scores.tally import RowKeys, Tally
from forecaster.scores.weaknesses import weaknesses

HOURS, STATIONS = 24, 20


def tally(*, crps: np.ndarray, pit: np.ndarray, absolute: float = 0.5) -> Tally:
    """A method and the last value, whose CRPS is 1 throughout, on a row an hour of 30 days and station."""
    hour, day, station = (one.reshape(-1) for one in np.meshgrid(np.arange(HOURS), np.arange(30), np.arange(STATIONS)))
    some = np.zeros(len(hour), np.float32)

    def scored(crps: np.ndarray, absolute: float, pit: np.ndarray) -> RowScores:
        return RowScores(crps[hour, station], some, some + absolute, some, some, some, some, pit[hour, station])

    rows = RowKeys(hour, day, station, some)
    last = scored(np.ones((HOURS, STATIONS), np.float32), 1.0, np.full((HOURS, STATIONS), 0.5, np.float32))
    return Tally(rows, {"new": scored(crps.astype(np.float32), absolute, pit), "persistence": last})


def even() -> np.ndarray:
    """Of each hour's stations four in five fall into the interval."""
    return np.tile(np.where(np.arange(STATIONS) % 5 == 0, 0.05, 0.5).astype(np.float32), (HOURS, 1))


def test_nothing_but_the_share_of_stations_where_there_is_nothing_to_tell() -> None:
    good = np.full((HOURS, STATIONS), 0.8)
    assert weaknesses({10: tally(crps=good, pit=even())}, "new", "persistence") == (
        "10 minutes: the last value had the better CRPS at 0% of 20 stations.",
    )


def test_stations_hours_and_the_median() -> None:
    crps = np.full((HOURS, STATIONS), 0.8)
    crps[[2, 3]] = 1.1
    crps[:, 7] = 1.5
    told = weaknesses({60: tally(crps=crps, pit=even(), absolute=1.2)}, "new", "persistence")
    assert "60 minutes: the last value had the better CRPS at 5% of 20 stations." in told
    assert "60 minutes: the last value had the better CRPS in these hours: 2, 3." in told
    assert any("the median was further off" in sentence for sentence in told)


def test_hours_in_which_the_interval_does_not_hold() -> None:
    pit = even()
    pit[8] = np.where(np.arange(STATIONS) % 2 == 0, 0.05, 0.5)
    pit[9] = 0.5
    (_, told) = weaknesses({30: tally(crps=np.full((HOURS, STATIONS), 0.8), pit=pit)}, "new", "persistence")
    assert told == (
        "30 minutes: the 80 % interval covered 50% at 8 o'clock; it was off by more than 5% in 2 of 24 hours."
    )
