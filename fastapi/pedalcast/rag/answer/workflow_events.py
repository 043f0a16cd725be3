"""Events between the workflow's steps, and those that are streamed to listeners."""

from __future__ import annotations

from llama_index.core.workflow import Event, StartEvent, StopEvent
from pydantic import ConfigDict

from pedalcast.rag.answer.run_state import Answer, QuestionState

_ANY = ConfigDict(arbitrary_types_allowed=True)


class QuestionReceived(StartEvent):
    """A question begins."""

    model_config = _ANY
    progress: QuestionState


class _QuestionEvent(Event):
    """A question somewhere between beginning and end."""

    model_config = _ANY
    progress: QuestionState


class QuestionRouted(_QuestionEvent):
    """The sources of the answer are decided."""


class QuestionRewritten(_QuestionEvent):
    """The question is rewritten to stand alone. Streamed: its metadata can be shown before the answer."""


class DocumentsRequested(_QuestionEvent):
    """The documents are to be searched."""


class LiveDataRequested(_QuestionEvent):
    """The stations are to be looked at."""


class LegFinished(_QuestionEvent):
    """A leg has ended, with or without success."""


class TextShown(Event):
    """Streamed: text to show next. With `restart`, what was shown before is taken back, for this `reason`."""

    text: str = ""
    restart: bool = False
    reason: str = ""


class AnswerReady(StopEvent):
    """The end."""

    model_config = _ANY
    answer: Answer
