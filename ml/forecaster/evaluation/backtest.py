"""The backtest: every method on the same rows of time that none of them was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from forecaster.evaluation import baselines
from forecaster.evaluation.folds import Fold, folds_of
from forecaster.evaluation.judged_rows import Method, constant_context, model_method, sampling_share, tally_of
from forecaster.features import context_of
from forecaster.model.boosting import Boosting, ProgressCallback, ignore_progress
from forecaster.model.engines import Engine
from forecaster.scores.row_scores import RowScores
from forecaster.scores.tally import RowKeys, Tally
from forecaster.training.history_source import HistorySource
from forecaster.training.sampling import Sample, SamplingPlan, draw_sample
from forecaster.training.trainer import HORIZONS, TrainingSet, collect_training_set, fit

JUDGED_ROWS = 300_000
BASELINE_ROWS = 500_000
OURS = "pedalcast"


def backtest(
    history: HistorySource,
    *,
    last: float = 0.2,
    horizons: tuple[int, ...] = HORIZONS,
    engines: Sequence[Engine] = ("xgboost",),
    folds: int = 1,
    judged_rows: int = JUDGED_ROWS,
    sample_rows: int | None = None,
    boosting: Boosting | None = None,
    plain: bool = True,
    seed: int = 0,
    on_progress: ProgressCallback = ignore_progress,
) -> dict[str, dict[str, dict[str, object]]]:
    """Judge all methods on the `last` share of a history, in `folds` rolling origins: {horizon: {method: scores}}.

    `pedalcast` is the engine with the best CRPS, the others stand beside it as `pedalcast_<engine>`; rivals are
    persistence, table, profile and, unless `plain` is off, plain_lightgbm. `sample_rows` are drawn for each training,
    `judged_rows` in all. Raises `ValueError` when the history is too short.
    """
    settings = _BacktestSettings(
        engines, sample_rows, judged_rows // folds, boosting or Boosting(), plain, seed, on_progress
    )
    origins = folds_of(history, last=last, count=folds, horizons=horizons)
    folds_tallies = [_score_fold(history, fold, horizons, settings) for fold in origins]
    tallies = [_joined_folds([part[i] for part in folds_tallies]) for i in range(len(horizons))]
    best = min(engines, key=lambda engine: sum(float(tally.scored[engine].crps.mean()) for tally in tallies))
    return {
        str(minutes): _by_method(tally, best, engines).as_json()
        for minutes, tally in zip(horizons, tallies, strict=True)
    }


@dataclass(frozen=True, slots=True)
class _BacktestSettings:
    engines: Sequence[Engine]
    sample_rows: int | None
    judged_rows: int
    boosting: Boosting
    plain: bool
    seed: int
    on_progress: ProgressCallback


def _score_fold(
    history: HistorySource, fold: Fold, horizons: tuple[int, ...], settings: _BacktestSettings
) -> list[Tally]:
    """Train everything up to a fold's origin and score it on the fold: one tally a horizon."""
    learned = collect_training_set(
        history,
        horizons=horizons,
        end=fold.train_end,
        sample_rows=settings.sample_rows,
        week_ago=True,
        seed=settings.seed,
        on_progress=settings.on_progress,
    )
    judged = draw_judged_rows(
        history, fold, learned, horizons, rows=settings.judged_rows, on_progress=settings.on_progress
    )
    methods = _methods(learned, horizons, settings)
    timezone = history.stations().timezone
    return [
        tally_of(judged, place, ((name, method(judged, minutes)) for name, method in methods.items()), timezone)
        for place, minutes in enumerate(horizons)
    ]


def draw_judged_rows(
    history: HistorySource,
    fold: Fold,
    learned: TrainingSet,
    horizons: tuple[int, ...],
    *,
    rows: int,
    on_progress: ProgressCallback,
) -> Sample:
    """Rows of a fold to judge on, with the profile that is known at its origin."""
    contexts = constant_context(context_of(history.stations(), learned.sums.profile()))
    settings = SamplingPlan(horizons, sampling_share(history, fold.start, fold.end, rows), seed=1, week_ago=True)
    return draw_sample(history, fold.start, fold.end, settings, contexts=contexts, on_progress=on_progress)


def _methods(learned: TrainingSet, horizons: tuple[int, ...], settings: _BacktestSettings) -> dict[str, Method]:
    sample = _baseline_sample(learned.sample, settings.seed)
    methods: dict[str, Method] = {
        engine: model_method(
            fit(
                learned, engine=engine, horizons=horizons, boosting=settings.boosting, on_progress=settings.on_progress
            ),
            learned.sums.stations,
        )
        for engine in settings.engines
    }
    methods["persistence"] = baselines.persistence
    methods["table"] = baselines.fit_transition_table(sample, horizons)
    methods["profile"] = baselines.profile
    if settings.plain:
        from forecaster.evaluation.lightgbm_baseline import fit_lightgbm_baseline  # noqa: PLC0415 - loads LightGBM, see `engines`

        methods["plain_lightgbm"] = fit_lightgbm_baseline(sample, horizons, on_progress=settings.on_progress)
    return methods


def _baseline_sample(sample: Sample, seed: int) -> Sample:
    """What table and peer are fitted to: as many rows as they were measured with before there was a model."""
    return sample.take(np.random.default_rng(seed).permutation(len(sample))[:BASELINE_ROWS])


def _joined_folds(tallies: Sequence[Tally]) -> Tally:
    """The folds of one horizon as one."""
    rows = RowKeys(*(np.concatenate([getattr(tally.rows, f.name) for tally in tallies]) for f in fields(RowKeys)))
    scored = {
        method: RowScores(
            *(np.concatenate([getattr(t.scored[method], f.name) for t in tallies]) for f in fields(RowScores))
        )
        for method in tallies[0].scored
    }
    return Tally(rows, scored)


def _by_method(tally: Tally, best: str, engines: Sequence[str]) -> Tally:
    names = {engine: OURS if engine == best else f"{OURS}_{engine}" for engine in engines}
    return Tally(tally.rows, {names.get(name, name): scored for name, scored in tally.scored.items()})
