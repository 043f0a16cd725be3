"""Stands where the chat's service stands: shows each word of a question after a pause, then gives the whole answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from pedalcast.chat.schemas import ChatMetadata, ChatRequest, ChatResponse, SourceOut
from pedalcast.kit.errors import UnavailableError

SOURCE = SourceOut(
    n=1, type="document", chunk_id="help:1", document_id="help", title="도움말", url=None, page=None,
    content="헬멧을 쓰세요.", score=0.9, start=0, end=8, quotes=[], observed_at=None, age_seconds=None,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownText:
    """What `TextShown` has."""

    text: str
    restart: bool = False


class ScriptedAnswering:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.pause = 0.0
        self.fails = False
        self.requests: list[ChatRequest] = []

    async def events(self, request: ChatRequest, session_id: str) -> AsyncGenerator[Any, None]:
        """Words, then the answer."""
        self.requests.append(request)
        for word in request.question.split():
            await asyncio.sleep(self.pause)
            yield ShownText(f"{word} ")
        if self.fails:
            raise UnavailableError("The language model does not answer.", "provider_unavailable")
        yield _whole(request, session_id)


def _whole(request: ChatRequest, session_id: str) -> ChatResponse:
    metadata = ChatMetadata.model_construct(
        rag_type="documents", workflow=[], steps=[], tokens=12, response_time=0.1, language="ko", bot_id="help",
        question=request.question, rewritten=None, answered=True, answered_by="extractive", model=None, fallback=None,
        flags=[], topics=[], notes=[], notices=[],
    )  # fmt: skip
    text = f"답: {request.question} [1]"
    return ChatResponse(
        success=True, answer=text, response=text, sources=[SOURCE], metadata=metadata, session_id=session_id
    )
