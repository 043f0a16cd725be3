"""What is streamed on the way from a question to its answer."""

from __future__ import annotations

from dataclasses import dataclass

from pedalcast.rag.answer.answer_types import Answer, Understanding


@dataclass(frozen=True, slots=True)
class QuestionUnderstood:
    """The question is routed, and rewritten to stand alone: its metadata can be shown before the answer."""

    understanding: Understanding


@dataclass(frozen=True, slots=True)
class TextShown:
    """Text to show next. With `restart`, what was shown before is taken back, for this `reason`."""

    text: str = ""
    restart: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AnswerReady:
    """The end."""

    answer: Answer


FlowEvent = QuestionUnderstood | TextShown | AnswerReady
