"""What answers and decides: one model, or a chain of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from pedalcast.rag.llm.config import LlmConfig

if TYPE_CHECKING:
    from pedalcast.rag.llm.chat_model import ChatModel, Message

Purpose = Literal["answering", "reasoning"]


class LanguageModel(Protocol):
    """Messages in, text out in pieces, one kind of error."""

    @property
    def config(self) -> LlmConfig:
        """The model's; of a chain, its first one's."""

    @property
    def members(self) -> Sequence[ChatModel]:
        """The models themselves, in the order in which they are asked."""

    def stream(self, messages: Sequence[Message], purpose: Purpose = "answering") -> AsyncGenerator[str, None]:
        """The answer as it is written. Raises `ProviderError`, also in the middle. Closing it hangs up."""

    async def complete(self, messages: Sequence[Message], *, seconds: float) -> str:
        """The whole answer, for short ones. Raises `ProviderError`."""

    async def aclose(self) -> None:
        """Close the clients' connections; on the event loop that used them."""
