"""`train`: a new model version."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.cli.common_options import (
    HORIZONS,
    HorizonsOption,
    JsonOption,
    RowsOption,
    SeedOption,
    StoreOption,
    horizons_of,
)
from forecaster.cli.console import AdvanceBar, CommandError, print_json, print_lines, progress_bar
from forecaster.cli.store_option import store_of
from forecaster.history import History
from forecaster.model.engines import Engine
from forecaster.registry.bundle import Manifest, write_folder
from forecaster.registry.registry import CHAMPION, Registry

if TYPE_CHECKING:
    from forecaster.retraining.model_build import Recipe
    from forecaster.retraining.promotion import PromotionDecision
    from forecaster.retraining.retrain import RetrainingResult

TimeOption = Annotated[
    datetime | None, typer.Option(metavar="TIME", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
]


def train_command(
    *,
    store: StoreOption = None,
    engine: Annotated[Engine, typer.Option("--engine", help="What grows the trees.")] = "xgboost",
    horizons: HorizonsOption = HORIZONS,
    start: TimeOption = None,
    end: TimeOption = None,
    rows: RowsOption = None,
    seed: SeedOption = 0,
    promote: Annotated[
        bool, typer.Option("--promote", help="Make it the champion if it is better, or the first.")
    ] = False,
    judge: Annotated[bool, typer.Option(help="Judge a trial on days it has not seen, against the champion.")] = True,
    general: Annotated[
        bool, typer.Option(help="Consider the packaged general model, and trees grown on its margins, as well.")
    ] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Keep nothing: only say how it does.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write it there instead of into the registry.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train a model on the history of a store (from --start up to --end, both UTC) and keep it as a version.

    It is judged first: a trial, trained without the newest days, meets the champion on them. Without --promote, or when
    it is not better, it stands beside as the challenger.
    """
    # The engines take seconds to import: `--help` and the other commands do not wait for them.
    from forecaster.retraining.model_build import Recipe  # noqa: PLC0415
    from forecaster.retraining.model_candidates import packaged_model  # noqa: PLC0415
    from forecaster.retraining.retrain import retrain  # noqa: PLC0415

    if out is not None and (promote or dry_run):
        raise CommandError("--out writes the model to a folder: --promote and --dry-run do not go with it")
    objects = store_of(store)
    history, registry = History(objects), Registry(objects)
    if history.span() is None:
        raise CommandError(f"no history in {objects!r}: import a recording, or let the archiver run for a while")
    base = packaged_model() if general else None
    recipe = Recipe(engine, horizons_of(horizons), _utc(start), _utc(end), rows, seed, general=base)
    with progress_bar() as advance:
        if out is None:
            done = retrain(
                history, registry, recipe, promote=promote, judge=judge, dry_run=dry_run, on_progress=advance
            )
        else:
            done = _to_folder(history, registry, recipe, out, judge=judge, advance=advance)
    destination = None if dry_run else str(out) if out else repr(objects)
    if as_json:
        print_json(_json(done, destination))
    else:
        print_lines(*_result_lines(done, destination))


def _to_folder(
    history: History, registry: Registry, recipe: Recipe, out: Path, *, judge: bool, advance: AdvanceBar
) -> RetrainingResult:
    from forecaster.retraining.retrain import RetrainingResult, train_and_judge  # noqa: PLC0415 - see above

    bundle, verdict, _ = train_and_judge(history, registry, recipe, judge=judge, on_progress=advance)
    write_folder(bundle, out)
    return RetrainingResult(bundle.sealed(), verdict, registry.alias(CHAMPION))


def _json(done: RetrainingResult, destination: str | None) -> dict[str, object]:
    champion = asdict(done.champion) if done.champion else None
    manifest = done.bundle.manifest
    return {
        "version": manifest.id,
        "kept_in": destination,
        "champion": champion,
        "manifest": asdict(manifest),
        "verdict": asdict(done.verdict),
    }


def _result_lines(done: RetrainingResult, destination: str | None) -> list[str]:
    manifest, verdict = done.bundle.manifest, done.verdict
    return [_training_data_line(manifest), *_scores(verdict), *_outcome(done, destination)]


def _training_data_line(manifest: Manifest) -> str:
    data = manifest.data
    if data is None:
        return manifest.id
    span = f"{data.start:%Y-%m-%d %H:%M} to {data.end:%Y-%m-%d %H:%M} UTC"
    return f"{manifest.id}: {data.rows:,} rows of {data.stations:,} stations, {span}"


def _scores(verdict: PromotionDecision) -> list[str]:
    lines = [f"judged: {verdict.reason}"]
    for minutes, methods in verdict.scores.items():
        text = ", ".join(f"{name} {scores['crps']:.4f}" for name, scores in methods.items())
        lines.append(f"  CRPS at {minutes:>2} minutes: {text}")
    return lines


def _outcome(done: RetrainingResult, destination: str | None) -> list[str]:
    version = done.bundle.manifest.id
    if destination is None:
        return ["kept nowhere (dry run)"]
    serving = done.champion is not None and done.champion.version == version
    champion = done.champion.version if done.champion else "none yet"
    return [f"kept in {destination}", "it is the champion now" if serving else f"champion: {champion}"]


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at else None
