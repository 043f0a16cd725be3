"""Keeps answers from documents for a while: `chat:cached:{hash of everything the answer depends on}`, JSON.

Only what everybody would be answered is kept: no history, no position, nothing live, nothing that went wrong. The
key holds the bot, its published version, and the version of its documents, which changes with each of them.
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

from pedalcast.bots.answering_bot import GUIDE, AnsweringBot
from pedalcast.chat.schemas import ChatRequest, ChatResponse
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

    def key(self, request: ChatRequest, bot: AnsweringBot = GUIDE) -> str | None:
        """Where the answer to this question is kept, None for a question whose answer is not."""
        if request.chat_history or request.position is not None:
            return None
        question = plain_question(request.question)
        wanted = {} if request.filters is None else request.filters.wanted()
        parts = [
            bot.id,
            bot.version,
            self._documents_version(bot.id),
            self._model,
            language(question),
            question.casefold(),
            sorted((field, sorted(values)) for field, values in wanted.items()),
        ]
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
