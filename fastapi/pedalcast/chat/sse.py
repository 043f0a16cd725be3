"""An answer as Server-Sent Events.

`metadata` (route, language; once more with `restart` when what was shown is taken back), `token` (text to append),
`sources`, `done` (the whole answer, which is the one that counts), `error` (a problem, as its JSON).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

import orjson
from anyio import CancelScope
from fastapi.sse import format_sse_event

from pedalcast.bots.answering_bot import GUIDE, AnsweringBot
from pedalcast.chat.schemas import ChatRequest, ChatResponse
from pedalcast.chat.service import CachedAnswerFound, ChatEvent, ChatService
from pedalcast.kit.errors import PedalcastError, problem
from pedalcast.rag.answer.answer_events import QuestionUnderstood, TextShown

PING_S = 15.0  # a comment so often keeps proxies from closing a quiet stream


async def stream(
    answering: ChatService, request: ChatRequest, session_id: str, bot: AnsweringBot = GUIDE, asker: str = ""
) -> AsyncGenerator[bytes, None]:
    """The events' bytes. Closing it cancels the answer."""
    async with (
        aclosing(answering.events(request, session_id, bot, asker)) as events,
        aclosing(_pinged(events)) as pinged,
    ):
        try:
            async for event in pinged:
                for sent in _sent(event, session_id):
                    yield sent
        except PedalcastError as error:
            body = bytes(problem(error.status, error.code, error.message).body)
            yield format_sse_event(event="error", data_str=body.decode())


async def _pinged(
    events: AsyncGenerator[ChatEvent, None],
) -> AsyncGenerator[ChatEvent | None, None]:
    """The events, and None whenever none came for a while."""
    following = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            await asyncio.wait({following}, timeout=PING_S)
            if not following.done():
                yield None
                continue
            if (event := following.result()) is None:
                return
            yield event
            following = asyncio.ensure_future(anext(events, None))
    finally:
        # The generator runs in this task: it must have ended before anybody closes it, even while we are cancelled.
        following.cancel()
        with CancelScope(shield=True):
            await asyncio.wait({following})


def _sent(event: ChatEvent | None, session_id: str) -> list[bytes]:
    if event is None:
        return [format_sse_event(comment="still working")]
    if isinstance(event, ChatResponse):
        whole = event.model_dump(mode="json")
        return [_event("sources", {"sources": whole["sources"]}), _event("done", whole)]
    if isinstance(event, TextShown):
        if event.restart:
            return [_event("metadata", {"restart": True, "reason": event.reason})]
        return [_event("token", {"text": event.text})]
    if isinstance(event, QuestionUnderstood | CachedAnswerFound):
        return [_event("metadata", _metadata(event, session_id))]
    return []


def _metadata(event: QuestionUnderstood | CachedAnswerFound, session_id: str) -> dict[str, Any]:
    if isinstance(event, CachedAnswerFound):
        return {"session_id": session_id, "cached": True} | asdict(event)
    known = event.understanding
    return {
        "session_id": session_id,
        "rag_type": known.routing.route.value,
        "language": known.answer_lang,
        "rewritten": known.rewritten,
    }


def _event(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=orjson.dumps(data).decode())
