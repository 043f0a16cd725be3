"""The bootstrap over blocks of time: how far a mean of scores depends on which hours or days were seen."""

from __future__ import annotations

import numpy as np

from forecaster.arrays import Doubles


def resampled_totals(sums: Doubles, *, resamples: int, seed: int = 0) -> Doubles:
    """Totals float64[resamples, K] of B blocks drawn with replacement, from each block's `sums` float64[B, K].

    Forecasts of one block (an hour, a day) fail together, so whole blocks are drawn (Künsch 1989).
    """
    blocks = len(sums)
    draws = np.random.default_rng(seed).multinomial(blocks, np.full(blocks, 1 / blocks), resamples)
    totals: Doubles = draws @ sums
    return totals
