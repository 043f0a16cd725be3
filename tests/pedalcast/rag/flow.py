"""Questions put to the flow, and what came of them."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

from pedalcast.rag.answer.answer_events import AnswerReady, FlowEvent, TextShown
from pedalcast.rag.answer.answer_types import Answer, AnswerComponents, Question, StageLimits
from pedalcast.rag.flow.question_flow import QuestionFlow
from pedalcast.rag.llm import ChatModel, LlmConfig, open_model
from tests.pedalcast.rag.openai_server import OpenAIServer

PATIENT = StageLimits(route=60, rewrite=60, documents=60, live=60)
PRICE = "How much is a day pass?"
BOTH = "How many bikes are at Gaon Tower, and how much is a day pass?"
GOOD = "A day pass costs 5,000 won [1]. It lasts 24 hours [1]."


def ask(
    parts: AnswerComponents,
    text: str,
    *,
    server: OpenAIServer | None = None,
    reasoning: OpenAIServer | None = None,
    wait: float = 60,
    over: threading.Event | None = None,
    **more: object,
) -> tuple[Answer, list[FlowEvent]]:
    """The answer and what was streamed, then `over` is set. With a server, by its model; routed by `reasoning`'s."""

    async def run() -> tuple[Answer, list[FlowEvent]]:
        model, reasoner = (None if one is None else model_at(one, wait) for one in (server, reasoning))
        question = Question(text, **{"bot_id": "help", **more})  # type: ignore[arg-type]
        run = QuestionFlow(replace(parts, model=model, reasoning=reasoner)).start(question)
        try:
            events = [event async for event in run.events()]
            answer = await run.answer()
        finally:
            if over is not None:
                over.set()
            for opened in (model, reasoner):
                if opened is not None:
                    await opened.aclose()
        return answer, [event for event in events if not isinstance(event, AnswerReady)]

    return asyncio.run(run())


def model_at(server: OpenAIServer, wait: float = 60) -> ChatModel:
    """The model of a server, which it is given `wait` seconds for each word."""
    return open_model(LlmConfig("openai-like", "test", base_url=server.url, first_token=wait, between_tokens=wait))


def shown(events: list[FlowEvent]) -> str:
    """What a reader of the stream has on the screen at the end."""
    text = ""
    for event in events:
        if isinstance(event, TextShown):
            text = "" if event.restart else text + event.text
    return text
