"""A language model as the rest of the chatbot sees it: messages in, text out in pieces, one kind of error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.llms import LLM

from pedalcast.rag.llm.circuit_breaker import CircuitBreaker
from pedalcast.rag.llm.config import LlmConfig
from pedalcast.rag.llm.errors import FailureReason, ProviderError, retry_after
from pedalcast.rag.llm.model_use import CallPurpose, ModelCall, current_use

Failures = tuple[type[Exception], ...]
Explain = Callable[[Exception], FailureReason]
_ANSWERED = frozenset({"refused", "empty"})
LastOutcome = Literal["untried", "ok"] | FailureReason
Close = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what the model is shown."""

    role: Literal["system", "user", "assistant"]
    text: str


class ChatModel:
    """A LlamaIndex model with time limits. `failures` are the exceptions its client raises; `explain` sorts them.

    `health` is how its last answer ended: "ok", or why it failed. While `breaker` is open the model is not asked.
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
        self.breaker = CircuitBreaker(config.breaker_failures, config.breaker_pause)

    @property
    def members(self) -> Sequence[ChatModel]:
        """Itself."""
        return (self,)

    async def stream(
        self, messages: Sequence[Message], purpose: CallPurpose = "answering"
    ) -> AsyncGenerator[str, None]:
        """The answer as it is written. Raises `ProviderError`, also in the middle. Closing it hangs up."""
        call, use = ModelCall(self.config.provider, self.config.model, purpose), current_use()
        if use is not None:
            use.calls.append(call)
        tries = self.breaker.state != "closed"
        if not self.breaker.admits():
            call.outcome = "paused"
            raise ProviderError("paused", self.config.provider)
        call.asked = [message.text for message in messages]
        if use is not None:
            use.asked += call.asked
        try:
            async with aclosing(self._deltas(messages)) as deltas:
                async for delta in deltas:
                    call.written.append(delta)
                    if use is not None:
                        use.written.append(delta)
                    yield delta
            if not "".join(call.written).strip():
                raise self._failed("empty", call)
            self.health = call.outcome = "ok"
            self.breaker.succeeded()
        except TimeoutError as error:
            raise self._failed("timeout", call) from error
        except self._failures as error:
            raise self._failed(self._explain(error), call, retry_after(error)) from error
        finally:
            if tries:
                self.breaker.abandoned()

    async def complete(self, messages: Sequence[Message], *, seconds: float) -> str:
        """The whole answer, for short ones. Raises `ProviderError`."""
        try:
            async with asyncio.timeout(seconds), aclosing(self.stream(messages, "reasoning")) as deltas:
                return "".join([delta async for delta in deltas]).strip()
        except TimeoutError as error:
            raise self._failed("timeout") from error

    def _failed(self, reason: FailureReason, call: ModelCall | None = None, wait: float | None = None) -> ProviderError:
        self.health = reason
        if call is not None:
            call.outcome = reason
        if reason in _ANSWERED:  # the request was at fault, not the provider
            self.breaker.succeeded()
        else:
            self.breaker.failed(wait)
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
