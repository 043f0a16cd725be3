"""What passes between the workflow's steps, and what a listener sees of it."""

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
    """It is known where the answer is to come from."""


class QuestionRewritten(_QuestionEvent):
    """The question stands alone. Streamed too: what may be told before the answer comes."""


class DocumentsRequested(_QuestionEvent):
    """The documents are to be searched."""


class LiveDataRequested(_QuestionEvent):
    """The stations are to be looked at."""


class LegFinished(_QuestionEvent):
    """A leg has ended, well or not."""


class TextShown(Event):
    """Streamed: text to show next. With `restart`, what was shown before is taken back, for this `reason`."""

    text: str = ""
    restart: bool = False
    reason: str = ""


class AnswerReady(StopEvent):
    """The end."""

    model_config = _ANY
    answer: Answer
