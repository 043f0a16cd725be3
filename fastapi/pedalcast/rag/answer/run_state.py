"""A question on its way through the workflow, and the answer it ends in."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pedalcast.rag.answer.bot_rules import GUIDE_RULES, BotRules
from pedalcast.rag.grounding.citations import Cited, Flag
from pedalcast.rag.live.service import LiveAnswer, LiveService
from pedalcast.rag.live.station_directory import StationDirectory
from pedalcast.rag.llm import LanguageModel
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.routing.follow_up import Rewriting, Turn
from pedalcast.rag.routing.router import Route, Routing
from pedalcast.rag.types import Quote, RetrievalResult


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller asks: in one bot's documents only, by its rules, with what was said before, from where."""

    text: str
    bot_id: str
    history: Sequence[Turn] = ()
    filters: Mapping[str, str] | None = None
    position: tuple[float, float] | None = None
    rules: BotRules = GUIDE_RULES


@dataclass(frozen=True, slots=True)
class StageLimits:
    """How long each stage may take, in seconds."""

    route: float = 4.0
    rewrite: float = 4.0
    documents: float = 5.0
    live: float = 2.0


@dataclass(slots=True)
class DocumentEvidence:
    """What the documents' leg found; `answerable` says whether it is enough."""

    found: RetrievalResult
    quotes: Sequence[Quote]
    score: float
    answerable: bool
    topics: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class WorkflowComponents:
    """What the workflow works with. Without `model` it answers by rules and quotes; without `live`, from documents.

    `fall_back` lets quotes answer where the model does not; otherwise its error is raised. `reasoning` is the model
    that routes and rewrites where that is another one.
    """

    retrieval: RetrievalPipeline
    live: LiveService | None = None
    model: LanguageModel | None = None
    limits: StageLimits = field(default_factory=StageLimits)
    fall_back: bool = True
    reasoning: LanguageModel | None = None

    @property
    def reasoner(self) -> LanguageModel | None:
        """What routes and rewrites; None where rules do."""
        return None if self.model is None else self.reasoning or self.model


@dataclass(slots=True)
class QuestionState:
    """The state of one question: what the steps so far have found out. It belongs to one run of the workflow."""

    question: Question
    routing: Routing | None = None
    rewriting: Rewriting | None = None
    live: LiveAnswer | None = None
    documents: DocumentEvidence | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    directory: StationDirectory | None = None
    legs: int = 1
    model_away: bool = False
    fallback: str = ""  # why the model's answer was not used: a provider's reason, or "ungrounded"
    withdrawn: list[Flag] = field(default_factory=list)  # what did not hold in it

    @property
    def lang(self) -> str:
        """The question's language, in which is searched."""
        return self.routing.lang if self.routing else "en"

    @property
    def answer_lang(self) -> str:
        """The answer's language: the bot's where it has one."""
        return self.question.rules.language or self.lang

    @property
    def text(self) -> str:
        """The question as it is searched and answered: rewritten where it had to be."""
        return self.rewriting.question if self.rewriting else self.question.text

    def note(self, text: str) -> None:
        if text and text not in self.notes:
            self.notes.append(text)

    def model_failed(self, note: str) -> None:
        """Record that a stage could not use the model. An unreachable model is not called again for this question."""
        self.note(note)
        self.model_away = self.model_away or "cannot be reached" in note

    @contextmanager
    def timed(self, name: str) -> Iterator[dict[str, Any]]:
        """Time a step; what is put into the yielded entry is told with it."""
        entry: dict[str, Any] = {"step": name}
        began = time.perf_counter()
        try:
            yield entry
        finally:
            entry["ms"] = round((time.perf_counter() - began) * 1e3, 2)
            self.steps.append(entry)


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of it. `by`: "model", "extractive", "live", "fixed" (no source, small talk) or several joined by "+".

    `answered` is false where there is no source, no such station, or it must first be asked which one.
    """

    text: str
    sources: tuple[Cited, ...]
    flags: tuple[Flag, ...]
    by: str
    answered: bool
    route: Route
    progress: QuestionState
    topics: tuple[str, ...] = ()
