"""Which language model wrote an answer, and which were to write it first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pedalcast.chat.schemas import ChatResponse, SkippedModelOut
from pedalcast.rag.llm.model_use import ModelCall


def with_calls(answer: ChatResponse, made: Sequence[ModelCall]) -> ChatResponse:
    """The answer with the model that wrote it and those that failed before; the notes say that another one wrote it."""
    calls = [call for call in made if call.purpose == "answering"]
    skipped = [
        SkippedModelOut(provider=call.provider, model=call.model, reason=call.outcome)
        for call in calls
        if call.outcome is not None and call.outcome != "ok"
    ]
    update: dict[str, Any] = {"skipped": skipped}
    metadata = answer.metadata
    if calls and calls[-1].outcome == "ok" and metadata.answered_by == "model":
        writer = calls[-1]
        update |= {"provider": writer.provider, "model": writer.model}
        if skipped:
            names = ", ".join(f"{other.provider} ({other.model}): {other.reason}" for other in skipped)
            note = f"answered by {writer.provider} ({writer.model}) instead of {names}"
            update["notes"] = [*metadata.notes, note]
    return answer.model_copy(update={"metadata": metadata.model_copy(update=update)})
