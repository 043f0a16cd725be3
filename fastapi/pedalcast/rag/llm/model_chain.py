"""What answers and decides: one model, or several, of which the next answers where the one before it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol

from pedalcast.rag.llm.chat_model import ChatModel, Message
from pedalcast.rag.llm.config import LlmConfig
from pedalcast.rag.llm.errors import ProviderError
from pedalcast.rag.llm.model_use import CallPurpose


class LanguageModel(Protocol):
    """Messages in, text out in pieces, one kind of error."""

    @property
    def config(self) -> LlmConfig:
        """The model's; of a chain, its first one's."""

    @property
    def members(self) -> Sequence[ChatModel]:
        """The models themselves, in the order in which they are asked."""

    def stream(self, messages: Sequence[Message], purpose: CallPurpose = "answering") -> AsyncGenerator[str, None]:
        """The answer as it is written. Raises `ProviderError`, also in the middle. Closing it hangs up."""

    async def complete(self, messages: Sequence[Message], *, seconds: float) -> str:
        """The whole answer, for short ones. Raises `ProviderError`."""

    async def aclose(self) -> None:
        """Close the clients' connections; on the event loop that used them."""


class ModelChain:
    """Asked in order. The next one takes over before the first word only: an answer is never put together of two."""

    def __init__(self, members: Sequence[ChatModel]) -> None:
        self.members = tuple(members)

    @property
    def config(self) -> LlmConfig:
        """The first one's."""
        return self.members[0].config

    async def stream(
        self, messages: Sequence[Message], purpose: CallPurpose = "answering"
    ) -> AsyncGenerator[str, None]:
        """The answer of the first model that gives one. Raises the last one's `ProviderError`."""
        for model in self.members:
            held, begun = "", False
            try:
                async with aclosing(model.stream(messages, purpose)) as deltas:
                    async for delta in deltas:
                        held += delta
                        if begun or held.strip():
                            yield held
                            held, begun = "", True
            except ProviderError:
                if begun or model is self.members[-1]:
                    raise
            else:
                return

    async def complete(self, messages: Sequence[Message], *, seconds: float) -> str:
        """The whole answer, within `seconds` for all models together. Raises the last asked one's `ProviderError`."""
        clock = asyncio.get_running_loop()
        end = clock.time() + seconds
        for model in self.members[:-1]:
            try:
                return await model.complete(messages, seconds=end - clock.time())
            except ProviderError:
                if clock.time() >= end:
                    raise
        return await self.members[-1].complete(messages, seconds=end - clock.time())

    async def aclose(self) -> None:
        """Close every model's connections."""
        for model in self.members:
            await model.aclose()
