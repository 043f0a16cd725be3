"""When no poll comes any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from forecaster.model import Forecast, Persistence
from forecaster.model.forecast import SHOWN
from forecaster.model.outage import fill_outages
from forecaster.window import Window

Cities = Callable[..., Window]


def without_polls(window: Window, hours: float) -> Window:
    """The window as it looks so many hours after its last poll."""
    nothing = np.full_like(window.bikes[:1], np.nan)
    rows = {name: np.concatenate([getattr(window, name), nothing]) for name in ("bikes", "docks", "ebikes", "renting")}
    return replace(window, times=np.append(window.times, window.times[-1] + int(hours * 3_600)), **rows)


def width(forecast: Forecast) -> float:
    return float((forecast.high - forecast.low).mean())


@pytest.mark.parametrize("hours", [4, 30, 24 * 30])
def test_every_number_is_there_however_long_it_lasts(city: Cities, hours: float) -> None:
    late = without_polls(city(1), hours)
    alone = Persistence().predict(late)
    assert np.isnan(alone.bikes).all()
    forecast = fill_outages(alone, late)
    for name in SHOWN:
        assert np.isfinite(getattr(forecast, name)).all()
    assert (forecast.low >= 0).all()
    assert (forecast.low <= late.bikes[-2]).all()
    assert (forecast.high >= late.bikes[-2]).all()


def test_the_longer_the_wider(city: Cities) -> None:
    window = city(1)
    widths = [
        width(fill_outages(Persistence().predict(late), late))
        for late in (without_polls(window, h) for h in (4, 12, 30))
    ]
    assert widths == sorted(widths)
    assert widths[-1] > widths[0] > width(Persistence().predict(window))


def test_only_what_is_unknown_is_filled_in(city: Cities) -> None:
    window = city(1)
    window.bikes[-60:, 0] = np.nan  # five hours
    window.bikes[:, 1] = np.nan
    before = Persistence().predict(window)
    after = fill_outages(before, window)
    assert np.isfinite(after.bikes[:, 0]).all()
    assert np.isnan(after.bikes[:, 1]).all()
    np.testing.assert_array_equal(after.bikes[:, 2:], before.bikes[:, 2:])
    assert (
        fill_outages(after, replace(window, bikes=window.bikes[-1:], docks=window.docks[-1:], times=window.times[-1:]))
        is after
    )
