"""Asks another RAG server by the contract of `POST /api/v1/chat`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import structlog
from pydantic import BaseModel, Field, ValidationError

from pedalcast.chat.schemas import ChatMetadata, ChatRequest, ChatResponse, SourceOut
from pedalcast.kit.errors import UnavailableError
from pedalcast.rag.text.segmentation import language
from pedalcast.rag.text.token_estimate import estimated_tokens

PATH = "/api/v1/chat"
MAX_BYTES = 2_000_000
log = structlog.get_logger(__name__)


class RemoteSource(BaseModel):
    """A passage the other server answers from."""

    content: str = ""
    url: str | None = None
    score: float = 0.0


class RemoteAnswer(BaseModel):
    """The other server's answer; what else it says is passed over."""

    success: bool
    answer: str = ""
    sources: list[RemoteSource] = Field(default_factory=list, max_length=100)
    metadata: dict[str, Any] = Field(default_factory=dict)
    error: str | None = None


class RemoteRag:
    """One server. Whatever goes wrong with it is a 503 of ours, within `limit_s` seconds."""

    def __init__(self, url: str, key: str | None, limit_s: float) -> None:
        self._url = url + PATH
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._limit_s = limit_s

    async def events(self, request: ChatRequest, session_id: str) -> AsyncGenerator[ChatResponse, None]:
        """The whole answer: the contract has no steps on the way. Raises `UnavailableError`."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._limit_s):
                answer = RemoteAnswer.model_validate_json(await self._ask(request, session_id))
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _away("rag_server_timeout", error) from error
        except (httpx.HTTPError, ValidationError) as error:
            raise _away("rag_server_unavailable", error) from error
        if not answer.success:
            raise _away("rag_server_unavailable")
        yield _response(answer, request, session_id, time.perf_counter() - began)

    async def _ask(self, request: ChatRequest, session_id: str) -> bytes:
        body = {
            "question": request.question,
            "user_id": request.user_id,
            "chat_history": [turn.model_dump() for turn in request.chat_history],
            "session_id": session_id,
        }
        async with (
            httpx.AsyncClient(timeout=self._limit_s, headers=self._headers) as client,
            client.stream("POST", self._url, json=body) as response,
        ):
            response.raise_for_status()
            content = b""
            async for part in response.aiter_bytes():
                content += part
                if len(content) > MAX_BYTES:
                    raise httpx.DecodingError("the answer is too long")
            return content


def _away(code: str, error: Exception | None = None) -> UnavailableError:
    log.warning("rag server failed, question not answered", code=code, error=type(error).__name__)
    return UnavailableError("The server that answers does not answer now.", code, retry_after=30)


def _response(answer: RemoteAnswer, request: ChatRequest, session_id: str, seconds: float) -> ChatResponse:
    steps = answer.metadata.get("workflow")
    metadata = ChatMetadata(
        rag_type=str(answer.metadata.get("rag_type", "remote"))[:32],
        workflow=[str(step) for step in steps] if isinstance(steps, list) else [],
        steps=[],
        response_time=round(seconds, 4),
        language=language(request.question),
        bot_id="remote",
        question=request.question,
        rewritten=None,
        answered=bool(answer.answer),
        answered_by="rag_server",
        tokens=sum(map(estimated_tokens, [request.question, answer.answer, *(s.content for s in answer.sources)])),
        model=None,
        fallback=None,
        flags=[],
        topics=[],
        notes=[],
        notices=[],
    )
    return ChatResponse(
        success=True,
        answer=answer.answer,
        response=answer.answer,
        sources=[_source(number, source) for number, source in enumerate(answer.sources, 1)],
        metadata=metadata,
        session_id=session_id,
    )


def _source(number: int, source: RemoteSource) -> SourceOut:
    place = source.url or f"remote:{number}"
    return SourceOut(
        n=number, type="document", chunk_id=f"remote:{number}", document_id=place, title=source.url or "",
        url=source.url, page=None, heading=None, content=source.content, score=source.score, start=0,
        end=len(source.content), quotes=[], further=[], observed_at=None, age_seconds=None,
    )  # fmt: skip
