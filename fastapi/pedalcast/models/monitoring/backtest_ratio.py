"""What a model's backtest promised, against how it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecaster.retraining.promotion import NEW
from forecaster.verification.matured import VerificationScores

SCORES = ("crps", "rmse", "brier_empty", "brier_full")


def live_to_backtest_ratios(
    metrics: Mapping[str, Any], live: Mapping[int, VerificationScores]
) -> dict[tuple[int, str], float]:
    """Live error over promised error, by horizon (minutes) and score; above 1 is worse than promised.

    `metrics` are those of a bundle: the scores of the trial that stood for it. What was not promised is left out.
    """
    promised = metrics.get("horizons", {})
    found = {}
    for horizon, scores in live.items():
        own = promised.get(str(horizon), {}).get(NEW, {})
        for name in SCORES:
            then, now = own.get(name), getattr(scores, name)
            if then and now is not None:
                found[horizon, name] = now / then
    return found
