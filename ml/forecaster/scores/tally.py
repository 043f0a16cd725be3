"""All scores of all methods on the same rows, and the ways to cut them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats, Ints
from forecaster.scores.bootstrap import resampled_totals
from forecaster.scores.row_scores import RowScores, brier, mean_scores

RESAMPLES = 1_000
BINS = 10
ACTIVITY = ("quiet", "middling", "busy")
GAINS = ("crps", "brier_empty", "brier_full")


@dataclass(frozen=True, slots=True)
class RowKeys:
    """Where and when R judged rows are from: local `hour` of the day, local `day`, `station`, `churn` (usual bikes an
    hour that come or go), each [R]."""

    hour: Ints
    day: Ints
    station: Ints
    churn: Floats

    def take(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> RowKeys:
        """Some of the rows."""
        return RowKeys(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Tally:
    """The scores of each method at one horizon, on the same rows."""

    rows: RowKeys
    scored: Mapping[str, RowScores]

    def as_json(self) -> dict[str, dict[str, object]]:
        """By method: the summary, and how it holds up by hour, activity, station, day and promised chance."""
        return {method: self._of(method) for method in self.scored}

    def _of(self, method: str) -> dict[str, object]:
        scored = self.scored[method]
        return {
            **mean_scores(scored),
            "by_hour": means_by_group(self.rows.hour, scored),
            "by_activity": _by_activity(self.rows.churn, scored),
            "reliability_empty": reliability(scored.empty, scored.was_empty),
            "reliability_full": reliability(scored.full, scored.was_full),
            "stations_worse_than_persistence": self._stations_worse(method, "persistence"),
            "hours_worse_than_table": self._hours_worse(method, "table"),
            "gain": {rival: self._gain(method, rival) for rival in self.scored if rival != method},
        }

    def _stations_worse(self, method: str, rival: str) -> dict[str, float]:
        """The share of stations at which a method's mean is worse than a rival's."""
        stations, where = np.unique(self.rows.station, return_inverse=True)
        worse = {}
        for name in ("crps", "absolute"):
            gap = getattr(self.scored[method], name) - getattr(self.scored[rival], name)
            worse[name] = float((np.bincount(where, gap) > 1e-9).sum() / len(stations))
        return {"crps": worse["crps"], "mae_median": worse["absolute"]}

    def _hours_worse(self, method: str, rival: str) -> list[int]:
        gap = self.scored[method].crps - self.scored[rival].crps
        return [hour for hour, total in enumerate(np.bincount(self.rows.hour, gap, minlength=24)) if total > 1e-9]

    def _gain(self, method: str, rival: str) -> dict[str, tuple[float, float, float]]:
        """How far a method's mean lies under a rival's, in percent: [gain, and the ends of its 95 % interval]."""
        method_losses, rival_losses = losses(self.scored[method]), losses(self.scored[rival])
        return {name: percent_gain(self.rows.day, method_losses[name], rival_losses[name]) for name in GAINS}


def losses(scored: RowScores) -> dict[str, Floats]:
    """The losses of each row by the names in `GAINS`; a full station that nobody can know of loses nothing."""
    return {
        "crps": scored.crps,
        "brier_empty": brier(scored.empty, scored.was_empty),
        "brier_full": np.nan_to_num(brier(scored.full, scored.was_full)),
    }


def percent_gain(
    day: Ints, method_losses: Floats, rival_losses: Floats, *, sure: float = 0.95, seed: int = 0
) -> tuple[float, float, float]:
    """Percent by which the mean of `method_losses` lies under that of `rival_losses`, with a `sure` interval.

    Whole days are drawn with replacement, for the hours of one day fail together (Künsch 1989, with days as blocks).
    """
    _, where = np.unique(day, return_inverse=True)
    sums = np.stack([np.bincount(where, method_losses), np.bincount(where, rival_losses)])
    totals = resampled_totals(sums.T.astype(np.float64), resamples=RESAMPLES, seed=seed)
    gains = 100 * (1 - totals[:, 0] / np.maximum(totals[:, 1], 1e-12))
    low, high = np.quantile(gains, [(1 - sure) / 2, (1 + sure) / 2])
    middle = 100 * (1 - sums[0].sum() / max(sums[1].sum(), 1e-12))
    return round(float(middle), 3), round(float(low), 3), round(float(high), 3)


def means_by_group(group: Ints, scored: RowScores) -> dict[str, dict[str, float]]:
    """Main means by group."""
    return {str(value): _main(scored.take(group == value)) for value in np.unique(group)}


def _by_activity(churn: Floats, scored: RowScores) -> dict[str, dict[str, float]]:
    edges = np.quantile(churn, [1 / 3, 2 / 3])
    group = np.searchsorted(edges, churn)
    return {name: _main(scored.take(group == i)) for i, name in enumerate(ACTIVITY) if (group == i).any()}


def _main(scored: RowScores) -> dict[str, float]:
    whole = mean_scores(scored)
    return {name: whole[name] for name in ("crps", "rmse", "mae_median", "brier_empty", "coverage80", "rows")}


def reliability(chance: Floats, event: Floats) -> list[dict[str, float]]:
    """The reliability diagram: forecast against observed frequency, by tenths of the forecast probability:
    [{promised, observed, rows}], empty tenths left out."""
    has_both = ~np.isnan(event) & ~np.isnan(chance)
    place = np.clip((chance[has_both] * BINS).astype(np.int64), 0, BINS - 1)
    rows = np.bincount(place, minlength=BINS)
    promised, observed = (np.bincount(place, values[has_both], minlength=BINS) for values in (chance, event))
    return [
        {"promised": float(promised[i] / rows[i]), "observed": float(observed[i] / rows[i]), "rows": float(rows[i])}
        for i in np.flatnonzero(rows)
    ]
