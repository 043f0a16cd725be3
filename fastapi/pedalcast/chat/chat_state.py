"""The chat as the rest of the service sees it: open, or a 503 that says why not.

What answers is heavy to import (LlamaIndex, the Korean analyser: seconds), so this module only names it; `warming`
brings it in the background.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pedalcast.kit.errors import UnavailableError

if TYPE_CHECKING:
    from pedalcast.chat.service import ChatService
    from pedalcast.rag.pipeline import RetrievalPipeline


class ChatState:
    """Holds what answers questions, once there is something."""

    def __init__(self) -> None:
        self._answering: ChatService | None = None
        self._problem: str | None = None

    def open(self, answering: ChatService) -> None:
        """Answer from now on."""
        self._answering, self._problem = answering, None

    def fail(self, problem: str) -> None:
        """Say this instead of answering."""
        self._answering, self._problem = None, problem

    @property
    def is_open(self) -> bool:
        """Whether questions are answered."""
        return self._answering is not None

    @property
    def answering(self) -> ChatService:
        """What answers. Raises `UnavailableError`, "warming_up" or "chat_unavailable", while there is nothing."""
        if self._problem is not None:
            raise UnavailableError(self._problem, "chat_unavailable", retry_after=60)
        if self._answering is None:
            raise UnavailableError("The chat is warming up; please ask again shortly.", "warming_up", retry_after=3)
        return self._answering

    @property
    def retrieval(self) -> RetrievalPipeline:
        """The one index of this process, for whoever takes documents in. Raises like `answering`."""
        return self.answering.retrieval
