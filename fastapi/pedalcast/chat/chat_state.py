"""The chat as the rest of the service sees it: open, or a 503 that says why not.

The chat service takes seconds to import (LlamaIndex, the Korean analyser), so this module only names its type;
`lifespan` imports it in the background.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pedalcast.kit.errors import UnavailableError

if TYPE_CHECKING:
    from pedalcast.chat.service import ChatService
    from pedalcast.rag.pipeline import RetrievalPipeline


class ChatState:
    """Holds the chat service once it is open, or the reason why it is not."""

    def __init__(self, server_key: str | None = None) -> None:
        self.server_key = server_key  # what programs that ask the stateless contract must show, if anything
        self._service: ChatService | None = None
        self._problem: str | None = None

    def open(self, service: ChatService) -> None:
        """Answer questions with this service from now on."""
        self._service, self._problem = service, None

    def fail(self, problem: str) -> None:
        """Answer every question with a 503 of this reason."""
        self._service, self._problem = None, problem

    @property
    def is_open(self) -> bool:
        """Whether questions are answered."""
        return self._service is not None

    @property
    def service(self) -> ChatService:
        """The open service. Raises `UnavailableError`, "warming_up" or "chat_unavailable", while there is none."""
        if self._problem is not None:
            raise UnavailableError(self._problem, "chat_unavailable", retry_after=60)
        if self._service is None:
            raise UnavailableError("The chat is warming up; please ask again shortly.", "warming_up", retry_after=3)
        return self._service

    @property
    def retrieval(self) -> RetrievalPipeline:
        """The one index of this process, for whoever takes documents in. Raises like `service`."""
        return self.service.retrieval
