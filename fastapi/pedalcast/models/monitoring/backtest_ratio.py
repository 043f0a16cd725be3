"""Live error of a model over the error of its backtest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecaster.retraining.promotion import NEW
from forecaster.verification.matured import VerificationScores

SCORES = ("crps", "rmse", "brier_empty", "brier_full")


def live_to_backtest_ratios(
    metrics: Mapping[str, Any], live: Mapping[int, VerificationScores]
) -> dict[tuple[int, str], float]:
    """Live error over backtest error, by horizon (minutes) and score; above 1 is worse than in the backtest.

    `metrics` are those of a bundle: the scores of the trial that stood for it. Scores that it lacks are left out.
    """
    backtest = metrics.get("horizons", {})
    ratios = {}
    for horizon, scores in live.items():
        scores_then = backtest.get(str(horizon), {}).get(NEW, {})
        for name in SCORES:
            then, now = scores_then.get(name), getattr(scores, name)
            if then and now is not None:
                ratios[horizon, name] = now / then
    return ratios
