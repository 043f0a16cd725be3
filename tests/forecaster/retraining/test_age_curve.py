"""A history as it stood at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from forecaster.history import History
from forecaster.retraining.age_curve import HistoryUntil


def test_nothing_of_what_follows_is_seen(stored_city: Callable[..., History]) -> None:
    history = stored_city(3, count=4)
    span = history.span()
    assert span is not None
    end = span[0] + timedelta(days=1, hours=5)
    seen = HistoryUntil(history, end)
    assert seen.span() == (span[0], end - timedelta(seconds=1))
    reach = timedelta(hours=1)
    chunks = list(seen.windows(span[0], span[1], lookahead=reach, chunk=timedelta(hours=7)))
    assert max(int(chunk.window.times.max()) for chunk in chunks) < end.timestamp()
    whole = list(history.windows(span[0], span[1], lookahead=reach, chunk=timedelta(hours=7)))
    assert max(int(chunk.window.times.max()) for chunk in whole) > end.timestamp()
    assert HistoryUntil(history, span[0]).span() is None
