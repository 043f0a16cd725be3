"""Keeps answers from documents for a while: `chat:cached:{hash of everything the answer depends on}`, JSON.

Only what everybody would be answered is kept: no history, no position, nothing live, nothing that went wrong. A
document that changes changes its bot's version, and with it the key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import orjson
import redis.asyncio
import structlog
from pydantic import ValidationError
from redis.exceptions import RedisError

from pedalcast.chat.schemas import ChatRequest, ChatResponse
from pedalcast.rag.pipeline import DEFAULT_BOT
from pedalcast.rag.text.normalisation import plain_question
from pedalcast.rag.text.segmentation import language

log = structlog.get_logger(__name__)


class AnswerCache:
    """`documents_version` gives what changes with every change of a bot's documents; `model` names what writes."""

    def __init__(
        self, client: redis.asyncio.Redis, life: timedelta, documents_version: Callable[[str], str], model: str
    ) -> None:
        self._redis = client
        self._life = life
        self._documents_version = documents_version
        self._model = model

    def key(self, request: ChatRequest) -> str | None:
        """Where the answer to this question is kept, None for a question whose answer is not."""
        if request.chat_history or request.position is not None:
            return None
        bot, question = request.bot_id or DEFAULT_BOT, plain_question(request.question)
        parts = [bot, self._documents_version(bot), self._model, language(question), question.casefold()]
        return f"chat:cached:{hashlib.sha256(orjson.dumps(parts)).hexdigest()}"

    async def get(self, key: str) -> ChatResponse | None:
        """The answer, None where there is none or Redis is away."""
        try:
            body = await self._redis.get(key)
            return None if body is None else ChatResponse.model_validate_json(body)
        except (RedisError, OSError, ValidationError) as error:
            log.warning("cached answer not read", error=type(error).__name__)
            return None

    async def put(self, key: str, answer: ChatResponse) -> None:
        """Keep it, if it is one that everybody would get."""
        if not _for_everybody(answer):
            return
        try:
            await self._redis.set(key, answer.model_dump_json(), ex=self._life)
        except (RedisError, OSError) as error:
            log.warning("redis unavailable, answer not cached", error=type(error).__name__)

    def for_model(self, model: str) -> AnswerCache:
        """The same cache for answers that another model writes."""
        return AnswerCache(self._redis, self._life, self._documents_version, model)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


def _for_everybody(answer: ChatResponse) -> bool:
    metadata = answer.metadata
    whole = metadata.answered and not metadata.fallback and not metadata.notes and not metadata.flags
    return whole and metadata.rag_type == "documents" and all(source.type == "document" for source in answer.sources)
