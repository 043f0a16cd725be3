"""What the weather of a day does to riding: a factor on demand, invented but in Seoul's rhythm."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import lru_cache

# mean share of fair-weather riding by month, and chance of a wet day
_COMFORT = (0.7, 0.72, 0.85, 1.0, 1.08, 1.05, 0.92, 0.92, 1.08, 1.08, 0.92, 0.75)
_WET = (0.2, 0.2, 0.24, 0.28, 0.28, 0.33, 0.5, 0.46, 0.3, 0.2, 0.28, 0.24)
_YEAR_MEAN = sum(_COMFORT) / 12


@lru_cache(maxsize=64)
def riding(seed: int, day: date) -> tuple[float, ...]:
    """Factors on demand for the 48 half hours of a local day, mean about one over a year of dry days."""
    rng = random.Random(f"weather:{seed}:{day.isoformat()}")  # noqa: S311 a demo city, no secret
    fair = _season(day) * rng.lognormvariate(0.0, 0.12)
    factors = [fair] * 48
    if rng.random() < _WET[day.month - 1]:
        begin = rng.randrange(0, 44)
        end = begin + rng.randrange(3, 24)
        rain = rng.uniform(0.2, 0.65)
        factors = [fair * rain if begin <= slot < end else fair for slot in range(48)]
    return tuple(factors)


def _season(day: date) -> float:
    """Between this month's comfort and the next one's, so that no month begins with a jump."""
    following = (day.replace(day=1) + timedelta(days=32)).month
    share = (day.day - 1) / 31
    return ((1 - share) * _COMFORT[day.month - 1] + share * _COMFORT[following - 1]) / _YEAR_MEAN
