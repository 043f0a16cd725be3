"""Watches the champion's inputs and live scores; rolls it back when it has lost to persistence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from collector.clocks import Clock
from forecaster.drift import LARGE_PSI
from forecaster.objects import ObjectNotFound
from forecaster.registry.bundle import BadBundle
from forecaster.registry.registry import CHAMPION, NO_MODEL, Alias, NoPreviousVersion, Registry
from forecaster.verification import matured
from forecaster.verification.matured import VerificationRow
from pedalcast.forecasts.prediction.models import Model
from pedalcast.models.champion_events import ChampionChange
from pedalcast.models.metrics import ModelMetrics
from pedalcast.models.monitoring.backtest_ratio import live_to_backtest_ratios
from pedalcast.models.monitoring.drift_counts import DriftCountRepository
from pedalcast.models.monitoring.loss_test import LossToPersistence, loss_to_persistence

MIN_HOURS = 20  # of inputs that drift is computed from: a night is no drift
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRules:
    """The champion must have lost for `window`, over at least `least` forecasts, to be rolled back."""

    window: timedelta
    least: int


class ChampionGuard:
    """Judges the champion. `current` returns the model in use here, `rolled` is called after every rollback.

    `note` is for every replica, `look` for one of them. Both raise the object store's and redis-py's errors.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        inputs: DriftCountRepository,
        current: Callable[[], Model],
        clock: Clock,
        instruments: ModelMetrics,
        rules: GuardRules,
        rolled: Callable[[ChampionChange], None],
    ) -> None:
        self._registry = registry
        self._inputs = inputs
        self._current = current
        self._clock = clock
        self._instruments = instruments
        self._rules = rules
        self._rolled = rolled
        self._drifted: list[str] = []
        self._noted = self._watched = NO_MODEL

    def note(self) -> None:
        """Store the counts of the inputs of the model in use here since the last call."""
        model = self._current()
        if self._noted != model.version:
            self._inputs.forget(self._noted)
        self._noted = model.version
        for at, counts in model.take_input_samples():
            self._inputs.add(model.version, datetime.fromtimestamp(at, UTC), counts)

    def look(self) -> LossToPersistence | None:
        """Judge the champion, and roll it back when it has lost; the verdict, None where there is none yet."""
        alias = self._registry.alias(CHAMPION)
        self._turn_to(NO_MODEL if alias is None else alias.version)
        if alias is None or alias.version == NO_MODEL:
            return None
        self._look_at_inputs(alias.version)
        rows = self._rows(alias.version)
        self._look_at_promise(alias.version, rows)
        verdict = loss_to_persistence(rows, window=self._rules.window, least=self._rules.least)
        if verdict is not None:
            self._instruments.judged(verdict)
            if verdict.lost:
                self._roll_back(alias, f"{alias.version} lost to persistence: {verdict}")
        return verdict

    def rest(self) -> None:
        """Forget what was shown: another replica judges the champion."""
        self._turn_to(NO_MODEL)

    def _turn_to(self, version: str) -> None:
        """Reset the metrics when another champion is judged than the last time."""
        if version != self._watched:
            self._instruments.forget()
            self._drifted = []
        self._watched = version

    def _rows(self, version: str) -> list[VerificationRow]:
        now = self._clock.now()
        rows = matured.read(self._registry.objects, now - self._rules.window, now + timedelta(seconds=1))
        return [row for row in rows if row.model == version]

    def _look_at_inputs(self, version: str) -> None:
        model = self._current()
        reference = model.drift_reference
        if reference is None or model.version != version:
            return
        counts, hours = self._inputs.last_day(version)
        if hours < MIN_HOURS:
            return
        drifted = self._instruments.drifts(reference.psi(counts), LARGE_PSI)
        if drifted and drifted != self._drifted:
            log.warning("model inputs drifted", version=version, inputs=len(drifted), worst=drifted[:5])
        self._drifted = drifted

    def _look_at_promise(self, version: str, rows: list[VerificationRow]) -> None:
        scores = matured.summarise_rows(rows)
        self._instruments.lives(scores)
        for (horizon, name), ratio in live_to_backtest_ratios(self._registry.metrics(version), scores).items():
            self._instruments.promise.labels(str(horizon), name).set(ratio)

    def _roll_back(self, alias: Alias, reason: str) -> None:
        try:
            now = self._registry.rollback(reason, away_from=alias.version)
        except (
            NoPreviousVersion,
            BadBundle,
            ObjectNotFound,
        ):  # the champion before is none, or cannot be used any more
            now = self._registry.retire(reason, away_from=alias.version)
        if now.reason != reason:
            return  # somebody else was quicker
        self._instruments.rollbacks.labels("persistence" if now.version == NO_MODEL else "model").inc()
        log.error("champion rolled back", version=now.version, before=alias.version, reason=reason)
        self._rolled(ChampionChange(now.version, alias.version, reason, rollback=True))
