"""What language models read and wrote for one question, whichever steps asked them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from pedalcast.rag.llm.errors import ErrorReason

CallPurpose = Literal["answering", "reasoning"]
CallOutcome = Literal["ok"] | ErrorReason


@dataclass(slots=True)
class ModelCall:
    """One call of one model: the texts it read and wrote, and how it ended; None where it was given up."""

    provider: str
    model: str
    purpose: CallPurpose
    asked: Sequence[str] = ()
    written: list[str] = field(default_factory=list)
    outcome: CallOutcome | None = None


@dataclass(slots=True)
class ModelUse:
    """The texts, for whoever counts their tokens, and the calls they belong to."""

    asked: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    calls: list[ModelCall] = field(default_factory=list)


_current: ContextVar[ModelUse | None] = ContextVar("model_use", default=None)


@contextmanager
def model_use() -> Iterator[ModelUse]:
    """Collect what models are asked and write in the block, and in the tasks begun in it."""
    use = ModelUse()
    token = _current.set(use)
    try:
        yield use
    finally:
        _current.reset(token)


def current_use() -> ModelUse | None:
    """Where to note what a model reads and writes; None where nobody counts."""
    return _current.get()
