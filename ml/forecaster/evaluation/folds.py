"""Rolling origins: train up to a time, leave a gap, judge what follows, move on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import target_reach


@dataclass(frozen=True, slots=True)
class Fold:
    """Training ends before `train_end`, judged are the rows in [`start`, `end`)."""

    train_end: datetime
    start: datetime
    end: datetime

    def __str__(self) -> str:
        ends = (f"{time:%Y-%m-%d %H:%M}" for time in (self.train_end, self.start, self.end))
        return "trained to {}, judged {} to {}".format(*ends)


def folds_of(history: HistorySource, *, last: float, count: int, horizons: tuple[int, ...]) -> list[Fold]:
    """Split the `last` share of a history's time into `count` folds, oldest first.

    Each is trained on all that lies before it, up to a gap as long as the longest horizon and its tolerance. Raises
    `ValueError` where a fold would be shorter than that gap, or nothing would be left to train on.
    """
    span = history.span()
    if span is None:
        raise ValueError("there is no history to judge on")
    if not 0 < last < 1 or count < 1:
        raise ValueError(f"judge on a share of time between 0 and 1 in at least one fold, not {last} in {count}")
    first, end = span[0], span[1] + timedelta(seconds=1)
    step, gap = (end - first) * last / count, target_reach(horizons)
    if step < 2 * gap or (end - first) * (1 - last) < 2 * gap:
        raise ValueError(f"{end - first} of history are too short for {count} fold(s) of {step}")
    starts = [end - step * i for i in range(count, 0, -1)]
    return [Fold(start - gap, start, start + step) for start in starts]
