"""Matured forecasts for tests."""

from datetime import datetime, timedelta

import numpy as np

from forecaster.verification.matured import VerificationRow


def day_of(model: str, end: datetime, *, error: float, hours: float = 24, count: int = 100) -> list[VerificationRow]:
    """Rows every quarter of an hour up to `end`, `error` times as wrong as persistence, give or take a tenth."""
    random = np.random.default_rng(0)
    polls = int(hours * 4)
    return [
        _row(model, end - timedelta(minutes=15 * number), horizon, error * random.uniform(0.9, 1.1), count)
        for number in range(polls)
        for horizon in (10, 60)
    ]


def _row(model: str, at: datetime, horizon: int, error: float, count: int) -> VerificationRow:
    last = {"absolute": 60.0, "squared": 120.0, "crps": 60.0, "brier_empty": 4.0, "brier_full": 2.0}
    return VerificationRow(
        made_at=at - timedelta(minutes=horizon),
        target_at=at,
        horizon=horizon,
        model=model,
        count=count,
        covered=80,
        **{name: error * value for name, value in last.items()},
        **{f"last_{name}": value for name, value in last.items()},
    )
