"""Questions put to the workflow, and what came of them."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

from llama_index.core.workflow import Event

from pedalcast.rag.answer.run_state import Answer, Question, QuestionState, StageLimits, WorkflowComponents
from pedalcast.rag.answer.workflow import AnswerWorkflow
from pedalcast.rag.answer.workflow_events import AnswerReady, QuestionReceived, TextShown
from pedalcast.rag.llm import LlmConfig, open_model
from tests.pedalcast.rag.openai_server import OpenAIServer

PATIENT = StageLimits(route=60, rewrite=60, documents=60, live=60)
PRICE = "How much is a day pass?"
BOTH = "How many bikes are at Gaon Tower, and how much is a day pass?"
GOOD = "A day pass costs 5,000 won [1]. It lasts 24 hours [1]."


def ask(
    parts: WorkflowComponents,
    text: str,
    *,
    server: OpenAIServer | None = None,
    wait: float = 60,
    over: threading.Event | None = None,
    **more: object,
) -> tuple[Answer, list[Event]]:
    """The answer and what was streamed, then `over` is set. With a server, by the model there."""

    async def run() -> tuple[Answer, list[Event]]:
        model = None
        if server is not None:
            model = open_model(
                LlmConfig("openai-like", "test", base_url=server.url, first_token=wait, between_tokens=wait)
            )
        question = Question(text, **{"bot_id": "help", **more})  # type: ignore[arg-type]
        handler = AnswerWorkflow(replace(parts, model=model)).run(
            start_event=QuestionReceived(progress=QuestionState(question))
        )
        try:
            events = [event async for event in handler.stream_events()]
            ended = await handler.stop_event_result()
        finally:
            if over is not None:
                over.set()
            if model is not None:
                await model.aclose()
        assert isinstance(ended, AnswerReady)
        return ended.answer, [event for event in events if not isinstance(event, AnswerReady)]

    return asyncio.run(run())


def shown(events: list[Event]) -> str:
    """What a reader of the stream has on the screen at the end."""
    text = ""
    for event in events:
        if isinstance(event, TextShown):
            text = "" if event.restart else text + event.text
    return text
