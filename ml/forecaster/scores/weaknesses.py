"""Where a model did worst, in words, from the rows it was judged on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from forecaster.arrays import Floats
from forecaster.scores.row_scores import interval_coverage
from forecaster.scores.tally import Tally

FEWEST_ROWS = 200  # rows; groups with fewer are not reported
NOMINAL_COVERAGE = 0.8
COVERAGE_TOLERANCE = 0.05  # a coverage further from the nominal one is reported


def weaknesses(tallies: Mapping[int, Tally], method: str, rival: str) -> tuple[str, ...]:
    """Known weaknesses, one sentence each, by horizon (minutes). `rival` is persistence."""
    return tuple(sentence for minutes, tally in tallies.items() for sentence in _at(minutes, tally, method, rival))


def _at(minutes: int, tally: Tally, method: str, rival: str) -> Iterator[str]:
    own, other, rows = tally.scored[method], tally.scored[rival], tally.rows
    gap = own.crps - other.crps
    stations = _sums(gap, rows.station)
    worse = np.mean([total > 0 for total in stations.values()])
    yield f"{minutes} minutes: the last value had the better CRPS at {worse:.0%} of {len(stations)} stations."
    hours = [hour for hour, total in _sums(gap, rows.hour).items() if total > 0]
    if hours:
        yield f"{minutes} minutes: the last value had the better CRPS in these hours: {', '.join(map(str, hours))}."
    if own.absolute.mean() > other.absolute.mean():
        yield f"{minutes} minutes: the median was further off than the last value, which is the better single number."
    yield from _coverage(minutes, tally, method)


def _coverage(minutes: int, tally: Tally, method: str) -> Iterator[str]:
    inside, rows = interval_coverage(tally.scored[method]), tally.rows
    shares = {hour: inside[rows.hour == hour].mean() for hour in np.unique(rows.hour)}
    counts = dict(zip(*np.unique(rows.hour, return_counts=True), strict=True))
    share_by_hour = {int(hour): share for hour, share in shares.items() if counts[hour] >= FEWEST_ROWS}
    off = {hour: share for hour, share in share_by_hour.items() if abs(share - NOMINAL_COVERAGE) > COVERAGE_TOLERANCE}
    if off:
        worst = max(off, key=lambda hour: abs(off[hour] - NOMINAL_COVERAGE))
        yield (
            f"{minutes} minutes: the 80 % interval covered {off[worst]:.0%} at {worst} o'clock; "
            f"it was off by more than {COVERAGE_TOLERANCE:.0%} in {len(off)} of {len(share_by_hour)} hours."
        )


def _sums(values: Floats, group: np.ndarray[tuple[int], np.dtype[np.int64]]) -> dict[int, float]:
    groups, where = np.unique(group, return_inverse=True)
    return dict(zip(groups.tolist(), np.bincount(where, values).tolist(), strict=True))
