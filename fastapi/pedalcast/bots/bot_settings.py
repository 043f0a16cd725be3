"""What is set about a bot and kept in versions: how it answers, and what it is called."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from pedalcast.rag.flow.graph import Graph
from pedalcast.rag.flow.graph_check import without_faults

MAX_INSTRUCTIONS = 4000  # characters
MAX_OPENING_QUESTIONS = 6
BotName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Instructions = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_INSTRUCTIONS)]
OpeningQuestion = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
BotLanguage = Literal["ko", "en"]
Workflow = Annotated[Graph, AfterValidator(without_faults)]


class RetrievalSettings(BaseModel):
    """How a bot looks for its answers."""

    live_stations: bool = Field(
        default=False, description="answer questions about stations from the live counts and forecasts, too"
    )
    passages: int = Field(default=8, ge=1, le=8, description="passages that an answer is made of, at most")
    min_score: float | None = Field(
        default=None, ge=0, le=1, description="how sure it must be to answer at all; without it as sure as was learned"
    )


class BotSettings(BaseModel):
    """One version's settings. The defaults are those of a bot of which only the name is given."""

    name: BotName
    instructions: Instructions = Field(
        default="", description="what a language model is told beside the rules for all bots"
    )
    language: BotLanguage | None = Field(default=None, description="language of its answers; without it the question's")
    opening_questions: list[OpeningQuestion] = Field(
        default_factory=list, max_length=MAX_OPENING_QUESTIONS, description="questions to begin with"
    )
    provider: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="who answers, by name; without it whom the asker has chosen",
    )
    retrieval: RetrievalSettings = Field(default_factory=RetrievalSettings)
    workflow: Workflow | None = Field(default=None, description="its own graph; without it the default one answers")


class ChangedField(BaseModel):
    """A setting that two versions have differently."""

    field: str = Field(examples=["instructions"])
    before: Any
    after: Any


def changed_fields(before: BotSettings, after: BotSettings) -> list[ChangedField]:
    """The settings that differ, those of retrieval one by one.

    >>> changed_fields(BotSettings(name="Rules"), BotSettings(name="House rules"))
    [ChangedField(field='name', before='Rules', after='House rules')]
    """
    flat_before, flat_after = _flat(before), _flat(after)
    return [
        ChangedField(field=name, before=value, after=flat_after[name])
        for name, value in flat_before.items()
        if value != flat_after[name]
    ]


def _flat(settings: BotSettings) -> dict[str, Any]:
    fields = settings.model_dump()
    retrieval = fields.pop("retrieval")
    return fields | {f"retrieval.{name}": value for name, value in retrieval.items()}
