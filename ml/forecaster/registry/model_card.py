"""The model card: a version's purpose, training data, scores and known weaknesses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from forecaster.features.feature_names import CLOCK, DAY, NEAR, PROFILE, RECENT, STATE, SYSTEM
from forecaster.registry.bundle import DataWindow, Manifest
from forecaster.retraining.model_candidates import DESCRIPTIONS
from forecaster.retraining.promotion import PromotionDecision

SHOWN = {  # score: what a reader has to know of it
    "crps": "how far the whole distribution lay from what came true, in bikes; for the last value its absolute error",
    "rmse": "root mean square error of the expected bikes",
    "mae_median": "mean absolute error of the median count",
    "brier_empty": "squared error of the chance of an empty station",
    "brier_full": "squared error of the chance of a full one",
    "auc_empty": "how well that chance tells stations that run empty from others; 0.5 is guessing, 1 is certainty",
    "auc_full": "the same for full ones",
    "coverage80": "share within the 80 % interval, by randomised PIT: 0.8 is right, less is too sure, more too timid",
}
FED = {
    "now": STATE,
    "the last three hours of the station": RECENT,
    "the whole system": SYSTEM,
    "the same time yesterday": DAY,
    "what is usual at this time of the week": PROFILE,
    "neighbours": NEAR,
    "the clock": CLOCK,
}
WEAKNESSES = (
    "At ten minutes the median is almost always the last value: the gain lies in the probabilities.",
    "Vans that rebalance, events and weather are seen only through what they have done to the counts so far.",
    "Stations opened after the data's end borrow from their neighbours until the next training.",
    "Holidays are known by country only; local ones are not.",
)
A_WEEK, TWO_WEEKS = timedelta(days=7), timedelta(days=14)


def render_card(manifest: Manifest, verdict: PromotionDecision) -> str:
    """The card in Markdown."""
    sections = (
        _head(manifest, verdict),
        _scores(verdict),
        _weak(manifest, verdict),
        _fed_data(manifest),
        _training_data(manifest),
    )
    return "\n".join(line for section in sections for line in section) + "\n"


def _head(manifest: Manifest, verdict: PromotionDecision) -> Iterator[str]:
    data = manifest.data
    yield f"# {manifest.id}"
    yield ""
    yield (
        f"How many bikes every station of a system will have in {', '.join(map(str, manifest.horizons))} minutes, as a "
        "distribution: expected bikes, an 80 % interval, the chance of a bike and of a free dock. For riders who ask "
        "whether there will be one; not for planning days ahead."
    )
    yield ""
    if data:
        yield f"- Learned from: {data.system}, {data.start:%Y-%m-%d %H:%M} to {data.end:%Y-%m-%d %H:%M} UTC"
        yield f"- That is {_days(data):.1f} days of {data.stations:,} stations, {data.rows:,} rows drawn"
    if verdict.chosen is not None:
        yield f"- What it is: {DESCRIPTIONS[verdict.chosen]}"
    yield f"- Verdict: {'better' if verdict.better else 'not better'}; {manifest.reason}"


def _scores(verdict: PromotionDecision) -> Iterator[str]:
    yield ""
    yield "## Scores"
    yield ""
    if verdict.fold is None:
        yield "Not judged on time it had not seen: nothing is promised. Its live scores tell how it does."
        return
    yield (
        f"Of a trial by the same recipe that knew nothing of the days judged ({verdict.fold} UTC); this version has "
        "learned from those, too. Smaller is better, but for auc and coverage80."
    )
    yield ""
    yield f"| minutes | method | {' | '.join(SHOWN)} |"
    yield f"|---|---|{'---|' * len(SHOWN)}"
    for minutes, methods in verdict.scores.items():
        for name, scores in methods.items():
            yield f"| {minutes} | {name} | {' | '.join(f'{scores[score]:.4f}' for score in SHOWN)} |"
    yield ""
    yield from (f"- `{name}`: {meaning}" for name, meaning in SHOWN.items())


def _weak(manifest: Manifest, verdict: PromotionDecision) -> Iterator[str]:
    yield ""
    yield "## Known weaknesses"
    yield ""
    yield from (f"- {weakness}" for weakness in (*_of_little(manifest.data), *WEAKNESSES))
    if verdict.weaknesses:
        yield ""
        yield "On the days judged (hours are local):"
        yield ""
        yield from (f"- {weakness}" for weakness in verdict.weaknesses)


def _of_little(data: DataWindow | None) -> Iterator[str]:
    if data is not None and data.end - data.start < A_WEEK:
        yield f"It has seen {_days(data):.1f} days: not every day of the week, and no week twice."
    elif data is not None and data.end - data.start < TWO_WEEKS:
        yield f"It has seen {_days(data):.1f} days: what is usual at an hour of the week rests on one week or two."


def _fed_data(manifest: Manifest) -> Iterator[str]:
    yield ""
    yield f"## Features ({manifest.feature_hash})"
    yield ""
    yield from (f"- {description}: {', '.join(names)}" for description, names in FED.items())


def _training_data(manifest: Manifest) -> Iterator[str]:
    libraries = ", ".join(f"{name} {release}" for name, release in manifest.libraries.items())
    yield ""
    yield "## Made with"
    yield ""
    yield f"- {manifest.engine}, at {manifest.created_at:%Y-%m-%d %H:%M} UTC"
    yield f"- commit {manifest.git_commit or 'unknown'}"
    yield f"- {libraries}"


def _days(data: DataWindow) -> float:
    return (data.end - data.start) / timedelta(days=1)
