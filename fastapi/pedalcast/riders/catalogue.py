"""Riders' questions as they lie in a folder: what is asked, and what a right answer holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any


class RiderVerdict(StrEnum):
    """How an answer is judged, by a hand or by machine."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    WRONGLY_REFUSED = "wrongly refused"
    WRONGLY_ANSWERED = "wrongly answered"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a right answer holds. `type` is "article", "live" or "refuse".

    Articles: one of `articles` is cited, and of each list of `says` one piece stands in the answer. Live: `stations`
    are asked about, `features` name what is special, `want` is the right answer in words.
    """

    type: str
    articles: Sequence[str] = ()
    says: Sequence[Sequence[str]] = ()
    stations: Sequence[str] = ()
    features: frozenset[str] = frozenset()
    want: str = ""


@dataclass(frozen=True, slots=True)
class RiderQuestion:
    """One question with the turns before it. `position` is (latitude, longitude) where the client sends one."""

    id: str
    lang: str
    kind: str
    text: str
    history: Sequence[Mapping[str, str]]
    expect: Expectation
    position: Mapping[str, float] | None = None


def load_questions(folder: Path, overlay: Path | None = None) -> list[RiderQuestion]:
    """The questions of `folder`, in the file's order.

    `overlay` replaces what is expected of single questions: lines of `id`, `expect`, `why`. ValueError where it names
    a question that is not there.
    """
    asked = [_question(row) for row in _rows(folder / "questions.jsonl")]
    if overlay is None:
        return asked
    replaced = {row["id"]: _expectation(row["expect"]) for row in _rows(overlay)}
    if unknown := set(replaced) - {question.id for question in asked}:
        raise ValueError(f"{overlay}: no such questions: {', '.join(sorted(unknown))}")
    return [replace(q, expect=replaced[q.id]) if q.id in replaced else q for q in asked]


def load_hand_verdicts(folder: Path) -> dict[str, RiderVerdict]:
    """The hand's verdicts by question id; empty without the file."""
    path = folder / "verdicts.jsonl"
    return {row["id"]: RiderVerdict(row["verdict"]) for row in _rows(path)} if path.exists() else {}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _question(row: Mapping[str, Any]) -> RiderQuestion:
    return RiderQuestion(
        row["id"], row["lang"], row["kind"], row["question"], row["history"], _expectation(row["expect"]),
        position=row.get("position"),
    )  # fmt: skip


def _expectation(row: Mapping[str, Any]) -> Expectation:
    return Expectation(
        row["type"], row.get("articles") or (), row.get("says") or (), row.get("stations") or (),
        frozenset(row.get("features") or ()), row.get("want") or "",
    )  # fmt: skip
