"""Reads and writes the packaged general model as a model version with a card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from forecaster.features import feature_hash
from forecaster.general.general_trainer import GENERAL
from forecaster.general.leave_one_out import LeftOutScores
from forecaster.model.forecast_model import ForecastModel
from forecaster.registry.bundle import Bundle, DataWindow, Manifest, read_folder
from forecaster.registry.provenance import git_commit, libraries
from forecaster.training.history_source import HistorySource

FOLDER = Path(__file__).parent / "packaged"


def packaged_bundle(folder: Path = FOLDER) -> Bundle:
    """The general model that comes with this package; `BadBundle` where it is missing or changed."""
    return read_folder(folder)


def general_bundle(
    model: ForecastModel,
    cities: Mapping[str, HistorySource],
    *,
    rows: int,
    scores: LeftOutScores | None,
    notes: Sequence[str],
    now: datetime,
) -> Bundle:
    """The model as a version named `general`, with a card; `notes` tell where the cities' data come from."""
    spans = [span for history in cities.values() if (span := history.span())]
    stations = sum(len(history.stations().ids) for history in cities.values())
    window = DataWindow(
        "+".join(cities), min(s[0] for s in spans), max(s[1] for s in spans), stations=stations, rows=rows
    )
    manifest = Manifest(
        id=GENERAL,
        created_at=now.astimezone(UTC).replace(microsecond=0),
        engine=model.engine,
        horizons=model.horizons,
        feature_hash=feature_hash(),
        data=window,
        reason="for cities without a model of their own",
        libraries=libraries(),
        git_commit=git_commit(),
    )
    metrics = {city: {age: {h: asdict(s) for h, s in by.items()} for age, by in ages.items()} for city, ages in
               (scores or {}).items()}  # fmt: skip
    card = "\n".join(_card(manifest, window, cities, scores or {}, notes)) + "\n"
    return Bundle(manifest, model.save(), {"left_out": metrics}, card)


def _card(
    manifest: Manifest,
    window: DataWindow,
    cities: Mapping[str, HistorySource],
    scores: LeftOutScores,
    notes: Sequence[str],
) -> Iterator[str]:
    yield f"# {GENERAL}"
    yield ""
    yield (
        "The model that a city is forecast with until it has one of its own: trained on other cities, for any city, "
        f"any size and any age. Horizons: {', '.join(map(str, manifest.horizons))} minutes."
    )
    yield ""
    yield f"{window.rows:,} rows of {window.stations:,} stations, the cities weighed alike:"
    yield ""
    for name, history in cities.items():
        if span := history.span():
            days = (span[1] - span[0]).total_seconds() / 86_400
            about = f"{len(history.stations().ids):,} stations, {span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}"
            yield f"- {name}: {about}, {days:.0f} days"
    yield from ("", "## Data and licences", "")
    yield from (f"- {note}" for note in notes)
    yield from _score_table(scores)
    yield from ("", "## Weaknesses", "")
    yield "- Three cities are few: one with polls further apart, or with larger stations, gains less (Taipei)."
    yield "- Before a city has a profile it does not know what is usual at an hour; before a day it knows no yesterday."
    yield from ("", "## Made with", "", f"- {manifest.engine}, at {manifest.created_at:%Y-%m-%d %H:%M} UTC")
    yield f"- commit {manifest.git_commit or 'unknown'}"
    yield f"- {', '.join(f'{name} {release}' for name, release in manifest.libraries.items())}"


def _score_table(scores: LeftOutScores) -> Iterator[str]:
    if not scores:
        return
    yield from ("", "## Scores, each city by a model of the others", "")
    yield (
        "The last fifth of the city's time. CRPS (bikes; smaller is better), how far it lies under the last value with "
        "the city's own spread, and the share of rows within the 80 % interval."
    )
    yield ""
    horizons = list(next(iter(next(iter(scores.values())).values())))
    yield f"| city | age | {' | '.join(f'{h} minutes' for h in horizons)} |"
    yield f"|---|---|{'---|' * len(horizons)}"
    for city, ages in scores.items():
        for age, by in ages.items():
            cells = (f"{s.crps:.4f}, {s.gain:+.1f} %, {s.coverage80:.2f}" for s in by.values())
            yield f"| {city} | {age} | {' | '.join(cells)} |"
