"""A question, what is found out about it, and the answer that it ends in. Nothing here changes once it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from pedalcast.rag.storage.document_filters import DocumentFilters
from pedalcast.rag.types import Quote, RetrievalResult

StepTime = Mapping[str, Any]  # "step": its name, "ms": milliseconds, and what else is told of it


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller asks: in one bot's documents only, by its rules, with what was said before, from where."""

    text: str
    bot_id: str
    history: Sequence[Turn] = ()
    filters: DocumentFilters = field(default_factory=dict)
    position: tuple[float, float] | None = None
    rules: BotRules = GUIDE_RULES


@dataclass(frozen=True, slots=True)
class StageLimits:
    """How long each stage may take, and a bot's own workflow as a whole, in seconds."""

    route: float = 4.0
    rewrite: float = 4.0
    documents: float = 5.0
    live: float = 2.0
    workflow: float = 60.0


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """What the documents' leg found; `answerable` says whether it is enough."""

    found: RetrievalResult
    quotes: Sequence[Quote]
    score: float
    answerable: bool
    topics: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AnswerComponents:
    """What answers are made with. Without `model` it answers by rules and quotes; without `live`, from documents.

    `fall_back` lets quotes answer where the model does not; otherwise its error is raised. `reasoning` is the model
    that routes, rewrites and words queries where that is another one. The answering model is shown about
    `history_tokens` of the conversation; `queries` are worded for a search of the documents beside the question.
    """

    retrieval: RetrievalPipeline
    live: LiveService | None = None
    model: LanguageModel | None = None
    limits: StageLimits = field(default_factory=StageLimits)
    fall_back: bool = True
    reasoning: LanguageModel | None = None
    history_tokens: int = 1000
    queries: int = 3

    @property
    def reasoner(self) -> LanguageModel | None:
        """What routes, rewrites and words queries; None where rules do."""
        return None if self.model is None else self.reasoning or self.model


@dataclass(frozen=True, slots=True)
class Understanding:
    """What is known of a question before anything is looked up: its route, its words, the names of the stations.

    `model_away`: the model could not be reached, and is not asked again for this question.
    """

    question: Question
    routing: Routing
    rewriting: Rewriting | None = None
    directory: StationDirectory | None = None
    model_away: bool = False

    @property
    def lang(self) -> str:
        """The question's language, in which is searched."""
        return self.routing.lang

    @property
    def answer_lang(self) -> str:
        """The answer's language: the bot's where it has one."""
        return self.question.rules.language or self.lang

    @property
    def text(self) -> str:
        """The question as it is searched and answered: rewritten where it had to be."""
        return self.rewriting.question if self.rewriting else self.question.text

    @property
    def rewritten(self) -> str | None:
        """The question as it was understood, None where that is how it was asked."""
        return self.text if self.rewriting is not None and self.rewriting.changed else None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that an answer is made of. `documents` and `live` are None where they were not asked, or did not answer."""

    understanding: Understanding
    documents: DocumentEvidence | None = None
    live: LiveAnswer | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of it. `by`: "model", "extractive", "live", "fixed" (no source, small talk) or several joined by "+".

    `answered` is false where there is no source, no such station, or it must first be asked which one. `fallback` says
    why the model's answer was not used: a provider's reason, or "ungrounded". `steps` tell how long each step took
    (milliseconds), `notes` what was left out and why.
    """

    text: str
    sources: tuple[Cited, ...]
    flags: tuple[Flag, ...]
    by: str
    answered: bool
    findings: Findings
    topics: tuple[str, ...] = ()
    fallback: str = ""
    steps: tuple[StepTime, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def route(self) -> Route:
        """Where the answer comes from."""
        return self.findings.understanding.routing.route
