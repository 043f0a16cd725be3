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


class _OnItsWay(Event):
    """A question somewhere between beginning and end."""

    model_config = _ANY
    progress: Progress


class Routed(_OnItsWay):
    """It is known where the answer is to come from."""


class Understood(_OnItsWay):
    """The question stands alone. Streamed too: what may be told before the answer comes."""


class WantDocuments(_OnItsWay):
    """The documents are to be searched."""


class WantLive(_OnItsWay):
    """The stations are to be looked at."""


class LegDone(_OnItsWay):
    """A leg has ended, well or not."""


class Shown(Event):
    """Streamed: text to show next. With `restart`, what was shown before is taken back, for this `reason`."""

    text: str = ""
    restart: bool = False
    reason: str = ""


class Answered(StopEvent):
    """The end."""

    model_config = _ANY
    answer: Answer
