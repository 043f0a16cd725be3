"""The work of a retraining job: an order becomes a recipe, the recipe a version, and what came of it a result."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from forecaster.bundle import Bundle
from forecaster.engines import Engine, EngineMissingError
from forecaster.history import History
from forecaster.making import Recipe
from forecaster.model.trees import Boosting
from forecaster.promotion import Verdict
from forecaster.registry import Registry
from forecaster.retraining import keep, prepare
from forecaster.train import HORIZONS
from pedalcast.models.jobs.orders import RetrainOrder

Tell = Callable[[str, float], None]

# What a stage's first and second round (the trial, then the version) take of the whole.
WEIGHTS = {"reading history": 0.1, "drawing rows": 0.15, "growing trees": 0.2, "judging": 0.1}
_ONCE = sum(weight for stage, weight in WEIGHTS.items() if stage != "judging")


class RetrainingError(Exception):
    """A retraining cannot be done; `code` is for programs, the message one line for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a retraining: the champion `before` and after it; not `kept` nor `promoted` in a dry run."""

    bundle: Bundle
    verdict: Verdict
    before: str | None
    champion: str | None
    kept: bool
    promoted: bool

    def to_json(self) -> dict[str, Any]:
        """As the job shows it."""
        manifest, verdict = self.bundle.manifest, self.verdict
        return {
            "version": manifest.id if self.kept else None,
            "better": verdict.better,
            "promoted": self.promoted,
            "reason": verdict.reason,
            "champion": self.champion,
            "gain": verdict.gain,
            "engine": manifest.engine,
            "horizons": manifest.horizons,
            "data": None if manifest.data is None else {"start": manifest.data.start, "end": manifest.data.end},
            "scores": verdict.scores,
        }


class Overall:
    """Makes the share of a stage the share of the whole: stages come once for the trial, once for the version; without
    a trial `once`."""

    def __init__(self, tell: Tell, *, once: bool = False) -> None:
        self._tell = tell
        self._weights = {stage: weight / _ONCE for stage, weight in WEIGHTS.items()} if once else WEIGHTS
        self._stage = ""
        self._before = self._share = 0.0

    def __call__(self, stage: str, share: float) -> None:
        """A stage is so far."""
        if stage != self._stage:
            self._before += self._weights.get(self._stage, 0.0)
            self._stage = stage
        self._share = min(max(self._share, self._before + self._weights.get(stage, 0.0) * share), 0.99)
        self._tell(stage, self._share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraining:
    """Trains and decides. `engine`, `longest` (history to train on at most) and `threads` are the service's own.

    The `first` model is made at once and unjudged, from few rows of a short history: until it is there, forecasts are
    the last value. The next one is compared with it.
    """

    history: History
    registry: Registry
    engine: Engine
    longest: timedelta
    threads: int
    first: bool = False

    def run(self, order: RetrainOrder, tell: Tell, undisturbed: Callable[[], AbstractContextManager[None]]) -> Result:
        """Train, judge and, unless it is a dry run, keep and promote. Only the latter runs `undisturbed`.

        Raises `RetrainingError`, `BadBundle`, and the store's `ObjectError`s, `Conflict` when another version has
        become champion meanwhile.
        """
        recipe = self.recipe(order)
        try:
            progress = Overall(tell, once=self.first)
            bundle, verdict, incumbent = prepare(
                self.history, self.registry, recipe, judge=not self.first, progress=progress
            )  # fmt: skip
        except EngineMissingError as error:
            raise RetrainingError("engine_missing", f"{error}.") from error
        except ValueError as error:
            raise RetrainingError("nothing_to_learn", f"{error}".capitalize() + ".") from error
        if order.dry_run:
            return Result(bundle, verdict, incumbent.version, incumbent.version, kept=False, promoted=False)
        with undisturbed():
            champion = keep(self.registry, bundle, incumbent, promote=verdict.better)
        after = champion.version if champion else None
        return Result(bundle, verdict, incumbent.version, after, kept=True, promoted=verdict.better)

    def recipe(self, order: RetrainOrder) -> Recipe:
        """How the ordered model is to be made."""
        span = self.history.span()
        if span is None:
            raise RetrainingError("no_history", "There is no history to learn from yet.")
        start, end = order.window(span, self.longest)
        if start >= end:
            raise RetrainingError("no_history", f"History reaches from {span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}.")
        return Recipe(
            engine=order.engine or self.engine,
            horizons=order.horizons or HORIZONS,
            start=start,
            end=end,
            quick=self.first,
            boosting=Boosting(threads=self.threads),
        )
