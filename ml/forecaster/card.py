"""The model card: what a version is, what it was made from, how it did, what it is weak at."""

from __future__ import annotations

from collections.abc import Iterator

from forecaster.bundle import Manifest
from forecaster.features import FEATURES
from forecaster.promotion import Verdict

SHOWN = ("crps", "rmse", "mae_median", "brier_empty", "brier_full", "coverage80")

WEAKNESSES = (
    "At ten minutes the median is almost always the last value: the gain lies in the probabilities.",
    "Vans that rebalance, events and weather are seen only through what they have done to the counts so far.",
    "Stations opened after the data's end borrow from their neighbours until the next training.",
    "Holidays are known by country only; local ones are not.",
)


def card_of(manifest: Manifest, verdict: Verdict) -> str:
    """The card in Markdown."""
    return "\n".join([*_head(manifest), *_scores(verdict), *_tail(manifest)]) + "\n"


def _head(manifest: Manifest) -> Iterator[str]:
    data = manifest.data
    yield f"# {manifest.id}"
    yield ""
    yield f"- Engine: {manifest.engine}; horizons: {', '.join(map(str, manifest.horizons))} minutes"
    if data:
        yield f"- Trained on {data.system}, {data.start:%Y-%m-%d %H:%M} to {data.end:%Y-%m-%d %H:%M} UTC"
        yield f"- {data.stations:,} stations, {data.rows:,} rows drawn"
    yield f"- Promotion: {manifest.reason}"


def _scores(verdict: Verdict) -> Iterator[str]:
    if verdict.fold is None:
        return
    yield ""
    yield "## Scores"
    yield ""
    yield f"A trial without the days judged: {verdict.fold} UTC."
    yield ""
    yield f"| minutes | method | {' | '.join(SHOWN)} |"
    yield f"|---|---|{'---|' * len(SHOWN)}"
    for minutes, methods in verdict.scores.items():
        for name, scores in methods.items():
            yield f"| {minutes} | {name} | {' | '.join(f'{scores[one]:.4f}' for one in SHOWN)} |"


def _tail(manifest: Manifest) -> Iterator[str]:
    yield ""
    yield f"## Features ({manifest.feature_hash})"
    yield ""
    yield ", ".join(FEATURES)
    yield ""
    yield "## Known weaknesses"
    yield ""
    yield from (f"- {weakness}" for weakness in WEAKNESSES)
