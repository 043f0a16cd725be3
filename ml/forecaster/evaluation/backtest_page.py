"""A backtest as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from forecaster.evaluation.svg_chart import INK, OTHER_INK, chart

SCORES = ("crps", "rmse", "mae_median", "brier_empty", "brier_full", "auc_empty", "auc_full", "coverage80")
GAINS = ("crps", "brier_empty", "brier_full")
OURS = "pedalcast"

Methods = Mapping[str, Mapping[str, Any]]

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:1080px;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:.5rem 0 1rem}
th,td{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #e4e4e4}
th:first-child,td:first-child{text-align:left}.best{font-weight:600}svg{margin:.2rem .6rem .2rem 0}
svg text{font:11px system-ui,sans-serif;fill:#555}svg .t{font-size:12px;fill:#222}
.key span{display:inline-block;width:1.6em;height:.3em;margin:0 .4em .2em 1em}
"""


def render_page(results: Mapping[str, Methods], *, title: str, notes: Sequence[str] = ()) -> str:
    """The page of what `backtest` gave: tables and plots for every horizon, `notes` on top."""
    body = "".join(part for minutes, methods in results.items() for part in _horizon(minutes, methods))
    text = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{text}{_score_notes()}{body}</body></html>\n"
    )


def _score_notes() -> str:
    return (
        "<p>All methods are judged on the same rows, on time that none was trained on. CRPS is the ranked probability "
        "score in bikes; Brier scores are of an empty and of a full station; the 80 % interval is judged by randomised "
        "PIT. Gains are percent under the other method's score, with a 95 % interval over whole days.</p>"
    )


def _horizon(minutes: str, methods: Methods) -> Iterator[str]:
    ours = methods[OURS]
    yield f"<h2>{escape(minutes)} minutes ahead</h2>{_key(methods)}"
    yield _table(("method", *SCORES), [[name, *(_number(m[s]) for s in SCORES)] for name, m in methods.items()])
    yield chart("CRPS by hour of the day", {n: _hours(m) for n, m in methods.items() if n != "profile"}, x=(0, 23))
    for event in ("empty", "full"):
        lines = {name: _reliability(m[f"reliability_{event}"]) for name, m in methods.items() if "profile" not in name}
        lines.pop("persistence", None)
        yield chart(f"Promised chance of {event} against fact", lines, x=(0, 1), diagonal=True)
    yield "<h3>Gain over the others</h3>"
    yield _table(("against", *GAINS), [[name, *(_gain(of[g]) for g in GAINS)] for name, of in ours["gain"].items()])
    yield "<h3>By activity of the station</h3>"
    yield _activity(methods)
    yield _worse(ours)


def _worse(ours: Mapping[str, Any]) -> str:
    worse, hours = ours["stations_worse_than_persistence"], ours["hours_worse_than_table"]
    text = ", ".join(map(str, hours)) if hours else "none"
    return (
        f"<p>Stations worse than the last value: {100 * worse['crps']:.1f} % by CRPS, "
        f"{100 * worse['mae_median']:.1f} % by the median's error. "
        f"Hours of the day worse than the table by CRPS: {text}.</p>"
    )


def _activity(methods: Methods) -> str:
    groups = list(methods[OURS]["by_activity"])
    rows = [
        [name, *(_number(m["by_activity"][g][s]) for g in groups for s in ("crps", "coverage80"))]
        for name, m in methods.items()
    ]
    return _table(("method", *(f"{g}: {s}" for g in groups for s in ("CRPS", "80 %"))), rows)


def _hours(method: Mapping[str, Any]) -> list[tuple[float, float]]:
    return sorted((float(hour), scores["crps"]) for hour, scores in method["by_hour"].items())


def _reliability(bins: Sequence[Mapping[str, float]]) -> list[tuple[float, float]]:
    return [(interval["promised"], interval["observed"]) for interval in bins]


def _key(methods: Methods) -> str:
    marks = (f'<span style="background:{INK.get(name, OTHER_INK)}"></span>{escape(name)}' for name in methods)
    return f'<p class="key">{"".join(marks)}</p>'


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr{' class=best' if row[0] == OURS else ''}>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _gain(gain: Sequence[float]) -> str:
    return f"{gain[0]:+.2f} % ({gain[1]:+.2f} to {gain[2]:+.2f})"


def _number(value: float) -> str:
    return f"{value:.4f}"
