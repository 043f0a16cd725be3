"""What passes between the workflow's steps, and what a listener sees of it."""

from __future__ import annotations

from llama_index.core.workflow import Event, StartEvent, StopEvent
from pydantic import ConfigDict

from pedalcast.rag.asked import Answer, Progress

_ANY = ConfigDict(arbitrary_types_allowed=True)


class Asked(StartEvent):
    """A question begins."""

    model_config = _ANY
    progress: Progress


class Routed(Event):
    """It is known where the answer is to come from."""

    model_config = _ANY
    progress: Progress


class Understood(Event):
    """The question stands alone. Streamed too: what may be told before the answer comes."""

    model_config = _ANY
    progress: Progress


class WantDocuments(Event):
    """The documents are to be searched."""

    model_config = _ANY
    progress: Progress


class WantLive(Event):
    """The stations are to be looked at."""

    model_config = _ANY
    progress: Progress


class LegDone(Event):
    """A leg has ended, well or not."""

    model_config = _ANY
    progress: Progress


class Shown(Event):
    """Streamed: text to show next. With `restart`, what was shown before is taken back, for this `reason`."""

    text: str = ""
    restart: bool = False
    reason: str = ""


class Answered(StopEvent):
    """The end."""

    model_config = _ANY
    answer: Answer
