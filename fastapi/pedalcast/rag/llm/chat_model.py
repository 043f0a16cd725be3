"""A language model as the rest of the chatbot sees it: messages in, text out in pieces, one kind of error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.llms import LLM

from pedalcast.rag.llm.config import LlmConfig
from pedalcast.rag.llm.errors import FailureReason, ProviderError
from pedalcast.rag.llm.model_use import current_use

Failures = tuple[type[Exception], ...]
Explain = Callable[[Exception], FailureReason]
LastOutcome = Literal["untried", "ok"] | FailureReason
Close = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what the model is shown."""

    role: Literal["system", "user", "assistant"]
    text: str


class ChatModel:
    """A LlamaIndex model with time limits. `failures` are the exceptions its client raises; `explain` sorts them.

    `health` is how its last answer ended: "ok", or why it failed.
    """

    def __init__(
        self, config: LlmConfig, llm: LLM, failures: Failures, explain: Explain, close: Close | None = None
    ) -> None:
        self.config = config
        self._close = close
        self._llm = llm
        self._failures: Failures = (*failures, OSError)
        self._explain = explain
        self.health: LastOutcome = "untried"

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """The answer as it is written. Raises `ProviderError`, also in the middle. Closing it hangs up."""
        has_text, use = False, current_use()
        if use is not None:
            use.asked += [message.text for message in messages]
        try:
            async with aclosing(self._deltas(messages)) as deltas:
                async for delta in deltas:
                    has_text = has_text or bool(delta.strip())
                    if use is not None:
                        use.written.append(delta)
                    yield delta
        except TimeoutError as error:
            raise self._failed("timeout") from error
        except self._failures as error:
            raise self._failed(self._explain(error)) from error
        if not has_text:
            raise self._failed("empty")
        self.health = "ok"

    async def complete(self, messages: Sequence[Message], *, seconds: float) -> str:
        """The whole answer, for short ones. Raises `ProviderError`."""
        try:
            async with asyncio.timeout(seconds), aclosing(self.stream(messages)) as deltas:
                return "".join([delta async for delta in deltas]).strip()
        except TimeoutError as error:
            raise self._failed("timeout") from error

    def _failed(self, reason: FailureReason) -> ProviderError:
        self.health = reason
        return ProviderError(reason, self.config.provider)

    async def aclose(self) -> None:
        """Close the client's connections; on the event loop that used them."""
        if self._close is not None:
            await self._close()

    async def _deltas(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """Each wait has its own limit: one around all of them would also run while the listener is busy."""
        clock = asyncio.get_running_loop()
        end = clock.time() + self.config.whole
        turns = [ChatMessage(role=message.role, content=message.text) for message in messages]
        async with asyncio.timeout_at(min(end, clock.time() + self.config.first_token)):
            stream = await self._llm.astream_chat(turns)
            chunk: Any = await anext(stream, None)
        try:
            while chunk is not None:
                if chunk.delta:
                    yield chunk.delta
                async with asyncio.timeout_at(min(end, clock.time() + self.config.between_tokens)):
                    chunk = await anext(stream, None)
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
