"""The backtest: every method on the same rows of time that none of them was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from forecaster.engines import Engine
from forecaster.features import context_of
from forecaster.judge import rivals
from forecaster.judge.folds import Fold, folds_of
from forecaster.judge.rows import Method, always, method_of, share_of, tally_of
from forecaster.judge.scores import Scored
from forecaster.judge.tally import Rows, Tally
from forecaster.memory import Past
from forecaster.model.trees import Boosting, Progress, silent
from forecaster.sampling import Drawing, Sample, draw
from forecaster.train import HORIZONS, Learned, fit, learn

JUDGED_ROWS = 300_000
RIVALS_ROWS = 500_000
OURS = "pedalcast"


def backtest(
    history: Past,
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
    progress: Progress = silent,
) -> dict[str, dict[str, dict[str, object]]]:
    """Judge all methods on the `last` share of a history, in `folds` rolling origins: {horizon: {method: scores}}.

    `pedalcast` is the engine with the best CRPS, the others stand beside it as `pedalcast_<engine>`; rivals are
    persistence, table, profile and, unless `plain` is off, plain_lightgbm. `sample_rows` are drawn for each training,
    `judged_rows` in all. Raises `ValueError` when the history is too short.
    """
    how = _Settings(engines, sample_rows, judged_rows // folds, boosting or Boosting(), plain, seed, progress)
    origins = folds_of(history, last=last, count=folds, horizons=horizons)
    parts = [_judge(history, fold, horizons, how) for fold in origins]
    tallies = [_joined([part[i] for part in parts]) for i in range(len(horizons))]
    best = min(engines, key=lambda engine: sum(float(tally.scored[engine].crps.mean()) for tally in tallies))
    return {
        str(minutes): _named(tally, best, engines).as_json() for minutes, tally in zip(horizons, tallies, strict=True)
    }


@dataclass(frozen=True, slots=True)
class _Settings:
    engines: Sequence[Engine]
    sample_rows: int | None
    judged_rows: int
    boosting: Boosting
    plain: bool
    seed: int
    progress: Progress


def _judge(history: Past, fold: Fold, horizons: tuple[int, ...], how: _Settings) -> list[Tally]:
    """Train everything up to a fold's origin and score it on the fold: one tally a horizon."""
    learned = learn(
        history,
        horizons=horizons,
        end=fold.train_end,
        sample_rows=how.sample_rows,
        week_ago=True,
        seed=how.seed,
        progress=how.progress,
    )
    judged = judged_rows(history, fold, learned, horizons, rows=how.judged_rows, progress=how.progress)
    methods = _methods(learned, horizons, how)
    timezone = history.stations().timezone
    return [
        tally_of(judged, place, ((name, method(judged, minutes)) for name, method in methods.items()), timezone)
        for place, minutes in enumerate(horizons)
    ]


def judged_rows(
    history: Past, fold: Fold, learned: Learned, horizons: tuple[int, ...], *, rows: int, progress: Progress
) -> Sample:
    """Rows of a fold to judge on, with the profile that is known at its origin."""
    contexts = always(context_of(history.stations(), learned.sums.profile()))
    how = Drawing(horizons, share_of(history, fold.start, fold.end, rows), seed=1, week_ago=True)
    return draw(history, fold.start, fold.end, how, contexts=contexts, progress=progress)


def _methods(learned: Learned, horizons: tuple[int, ...], how: _Settings) -> dict[str, Method]:
    sample = _for_rivals(learned.sample, how.seed)
    methods: dict[str, Method] = {
        engine: method_of(
            fit(learned, engine=engine, horizons=horizons, boosting=how.boosting, progress=how.progress),
            learned.sums.stations,
        )
        for engine in how.engines
    }
    methods["persistence"] = rivals.persistence
    methods["table"] = rivals.fit_table(sample, horizons)
    methods["profile"] = rivals.profile
    if how.plain:
        from forecaster.judge.plain import fit_plain  # noqa: PLC0415 - loads LightGBM, see `engines`

        methods["plain_lightgbm"] = fit_plain(sample, horizons, progress=how.progress)
    return methods


def _for_rivals(sample: Sample, seed: int) -> Sample:
    """What table and peer are fitted to: as many rows as they were measured with before there was a model."""
    return sample.take(np.random.default_rng(seed).permutation(len(sample))[:RIVALS_ROWS])


def _joined(tallies: Sequence[Tally]) -> Tally:
    """The folds of one horizon as one."""
    rows = Rows(*(np.concatenate([getattr(tally.rows, f.name) for tally in tallies]) for f in fields(Rows)))
    scored = {
        method: Scored(*(np.concatenate([getattr(t.scored[method], f.name) for t in tallies]) for f in fields(Scored)))
        for method in tallies[0].scored
    }
    return Tally(rows, scored)


def _named(tally: Tally, best: str, engines: Sequence[str]) -> Tally:
    names = {engine: OURS if engine == best else f"{OURS}_{engine}" for engine in engines}
    return Tally(tally.rows, {names.get(name, name): scored for name, scored in tally.scored.items()})
