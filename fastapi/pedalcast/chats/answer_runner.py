"""Writes answers in the background: an answer goes on though the client that asked is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol

import structlog

from pedalcast.chat.schemas import ChatRequest, ChatResponse
from pedalcast.chats.answer_stream import AnswerStream
from pedalcast.chats.service import ChatTurn, KeptChatService
from pedalcast.kit.errors import PedalcastError

STOP_LOOK_S = 0.5
log = structlog.get_logger(__name__)


class Answering(Protocol):
    """What answers: `pedalcast.chat.service.ChatService`."""

    def events(self, request: ChatRequest, session_id: str) -> AsyncGenerator[Any, None]:
        """What happens on the way, then the whole answer."""
        ...


class AnswerRunner:
    """One task an answer, on this replica's event loop."""

    def __init__(self, chats: KeptChatService, stream: AnswerStream) -> None:
        self._chats = chats
        self._stream = stream
        self._tasks: dict[int, asyncio.Task[ChatResponse]] = {}

    def begin(self, turn: ChatTurn, answering: Answering) -> asyncio.Task[ChatResponse]:
        """Start writing; the task gives the answer, or raises what failed."""
        task = asyncio.create_task(self._run(turn, answering))
        self._tasks[turn.message_id] = task
        task.add_done_callback(lambda done: self._ended(turn.message_id, done))
        return task

    async def close(self) -> None:
        """End every run, each kept as partial."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _ended(self, message_id: int, task: asyncio.Task[ChatResponse]) -> None:
        self._tasks.pop(message_id, None)
        if not task.cancelled():
            task.exception()  # read, so that nobody is warned of it: whoever waits has it, and the log too

    async def _run(self, turn: ChatTurn, answering: Answering) -> ChatResponse:
        began, shown = time.perf_counter(), _Shown()
        try:
            await self._stream.add(
                turn.message_id, "start", {"session_id": turn.session_id, "message_id": turn.message_id}
            )
            answer = await self._until_stopped(turn, answering, shown)
            await self._chats.keep_answer(turn, answer)
        except PedalcastError as error:
            await self._give_up(turn, shown.text, error.code, "error", error.message)
            raise
        except _StoppedError:
            await self._give_up(turn, shown.text, "stopped", "stopped", "The answer was stopped.")
            raise
        except BaseException:  # also when the service stops: what was written so far is kept
            await asyncio.shield(self._give_up(turn, shown.text, "interrupted", "error", "The answer was interrupted."))
            raise
        seconds = round(time.perf_counter() - began, 3)
        log.info("answer stored", message_id=turn.message_id, sources=len(answer.sources), seconds=seconds)
        whole = answer.model_dump(mode="json")
        ids = {"session_id": turn.session_id, "message_id": turn.message_id}
        await self._stream.add(turn.message_id, "sources", {"sources": whole["sources"]})
        await self._stream.add(turn.message_id, "done", whole | ids)
        return answer

    async def _until_stopped(self, turn: ChatTurn, answering: Answering, shown: _Shown) -> ChatResponse:
        """The answer. Raises `_StoppedError` when somebody asks for its end, on any replica."""
        answer = asyncio.create_task(self._answer(turn, answering, shown))
        try:
            while not answer.done():
                await asyncio.wait({answer}, timeout=STOP_LOOK_S)
                if not answer.done() and await self._stream.must_stop(turn.message_id):
                    raise _StoppedError
            return answer.result()
        finally:
            answer.cancel()
            await asyncio.wait({answer})

    async def _answer(self, turn: ChatTurn, answering: Answering, shown: _Shown) -> ChatResponse:
        async with aclosing(answering.events(turn.request, str(turn.session_id))) as events:
            async for event in events:
                if isinstance(event, ChatResponse):
                    return event
                await self._pass_on(turn, event, shown)
        raise AssertionError("the events end with an answer")

    async def _pass_on(self, turn: ChatTurn, event: Any, shown: _Shown) -> None:
        """Text to append, or that what was shown is taken back; other steps are not shown."""
        if getattr(event, "restart", False):
            shown.text = ""
            await self._stream.add(turn.message_id, "metadata", {"restart": True})
        elif isinstance(text := getattr(event, "text", None), str):
            shown.text += text
            await self._stream.add(turn.message_id, "token", {"text": text})

    async def _give_up(self, turn: ChatTurn, text: str, code: str, event: str, message: str) -> None:
        log.warning("answer failed", message_id=turn.message_id, error=code)
        await self._chats.keep_partial(turn, text, code)
        await self._stream.add(turn.message_id, event, {"success": False, "error": code, "message": message})


class _Shown:
    """What a reader has seen of the answer so far."""

    def __init__(self) -> None:
        self.text = ""


class _StoppedError(PedalcastError):
    """Somebody asked the run to end."""

    def __init__(self) -> None:
        super().__init__(409, "answer_stopped", "The answer was stopped.")
