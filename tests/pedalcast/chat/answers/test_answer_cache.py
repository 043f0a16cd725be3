"""Answers from documents are given again; nobody else's, nothing of the moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import redis

from pedalcast.bots.answering_bot import AnsweringBot
from pedalcast.chat.answers.answer_cache import AnswerCache
from pedalcast.chat.schemas import ChatMetadata, ChatRequest, ChatResponse, SourceOut
from pedalcast.kit.redis_connection import connect_async

PATH = "/api/v1/chat"
HOUR = timedelta(hours=1)


def with_cache(
    url: str, work: Callable[[AnswerCache, dict[str, str]], Awaitable[None]], life: timedelta = HOUR
) -> None:
    """Do the work with a cache on Redis, and the versions of its bots, which may be changed."""

    async def run() -> None:
        versions = {"help": "1"}
        client = connect_async(url, socket_timeout=1.0, socket_connect_timeout=1.0)
        cache = AnswerCache(client, life, lambda bot: versions.get(bot, ""), "extractive")
        try:
            await work(cache, versions)
        finally:
            await cache.aclose()

    asyncio.run(run())


def request(question: str = "헬멧을 써야 하나요?", **more: Any) -> ChatRequest:
    return ChatRequest.model_validate({"question": question, **more})


def answer(**metadata: Any) -> ChatResponse:
    fields: dict[str, Any] = {
        "rag_type": "documents", "workflow": [], "steps": [], "response_time": 0.1, "language": "ko",
        "bot_id": "help", "question": "헬멧?", "rewritten": None, "answered": True, "answered_by": "extractive",
        "tokens": 9, "model": None, "fallback": None, "flags": [], "topics": [], "notes": [], "notices": [],
    }  # fmt: skip
    source = SourceOut(
        n=1, type="document", chunk_id="a", document_id="a", title="A", url=None, page=None, content="쓰세요.",
        score=0.9, start=0, end=4, quotes=[],
    )  # fmt: skip
    return ChatResponse(
        success=True, answer="쓰세요. [1]", response="쓰세요. [1]", sources=[source],
        metadata=ChatMetadata.model_validate(fields | metadata), session_id="s-1",
    )  # fmt: skip


def test_what_was_put_comes_back_for_the_same_question(redis_url: str, redis_client: redis.Redis) -> None:
    async def scene(cache: AnswerCache, _: dict[str, str]) -> None:
        key = cache.key(request())
        assert key is not None
        assert await cache.get(key) is None
        await cache.put(key, answer())
        assert await cache.get(key) == answer()
        assert cache.key(request("  헬멧을   써야 하나요? ", user_id="u-2", session_id="s-2")) == key
        assert 3500 < int(redis_client.ttl(key)) <= 3600

    with_cache(redis_url, scene)


def test_another_bot_model_version_or_question_is_another_key(redis_url: str, redis_client: redis.Redis) -> None:
    async def scene(cache: AnswerCache, versions: dict[str, str]) -> None:
        keys = {cache.key(request()), cache.key(request(), AnsweringBot("b-2")), cache.key(request("헬멧?"))}
        keys.add(cache.for_model("openai/x").key(request()))
        versions["help"] = "2"
        keys.add(cache.key(request()))
        keys.add(cache.key(request(), AnsweringBot("b-2", version=2)))
        assert len(keys) == 6

    with_cache(redis_url, scene)


def test_history_and_position_make_it_personal(redis_url: str, redis_client: redis.Redis) -> None:
    async def scene(cache: AnswerCache, _: dict[str, str]) -> None:
        assert cache.key(request(chat_history=[{"role": "user", "content": "a"}])) is None
        assert cache.key(request(position={"lat": 37.5, "lon": 127.0})) is None

    with_cache(redis_url, scene)


@pytest.mark.parametrize(
    "metadata",
    [
        {"rag_type": "live"}, {"rag_type": "both"}, {"rag_type": "small_talk"}, {"answered": False},
        {"fallback": "timeout"}, {"notes": ["slow"]},
        {"flags": [{"reason": "number", "sentence": "s", "numbers": []}]},
    ],
)  # fmt: skip
def test_what_is_of_the_moment_is_not_kept(redis_url: str, redis_client: redis.Redis, metadata: dict[str, Any]) -> None:
    async def scene(cache: AnswerCache, _: dict[str, str]) -> None:
        await cache.put("chat:cached:a", answer(**metadata))
        assert await cache.get("chat:cached:a") is None

    with_cache(redis_url, scene)


def test_redis_that_is_away_or_holds_nonsense_costs_nothing_else(redis_url: str, redis_client: redis.Redis) -> None:
    async def scene(cache: AnswerCache, _: dict[str, str]) -> None:
        await cache.put("chat:cached:a", answer())
        assert await cache.get("chat:cached:a") is None

    with_cache("redis://127.0.0.1:9/0", scene)
    redis_client.set("chat:cached:b", b"{}")

    async def nonsense(cache: AnswerCache, _: dict[str, str]) -> None:
        assert await cache.get("chat:cached:b") is None

    with_cache(redis_url, nonsense)


def _cached(chat: httpx.Client) -> float:
    """How many answers came from the cache, those while the service was waited for included."""
    line = next(
        line for line in chat.get("/metrics").text.splitlines() if line.startswith("pedalcast_chat_cached_total")
    )
    return float(line.split()[1])


class TestService:
    def test_the_second_time_says_that_it_is_cached(self, chat: httpx.Client) -> None:
        body = {"question": "자전거를 잃어버리면 어떻게 하나요?"}
        before = _cached(chat)
        first, second = (chat.post(PATH, json=body).json() for _ in range(2))
        assert (first["metadata"]["cached"], second["metadata"]["cached"]) == (False, True)
        assert (first["answer"], first["sources"]) == (second["answer"], second["sources"])
        assert first["session_id"] != second["session_id"]
        with_history = body | {"chat_history": [{"role": "user", "content": "안녕"}]}
        assert chat.post(PATH, json=with_history).json()["metadata"]["cached"] is False
        assert _cached(chat) == before + 1

    def test_a_live_answer_is_made_anew(self, chat: httpx.Client) -> None:
        body = {"question": "102번 대여소에 지금 자전거 몇 대 있어?"}
        assert [chat.post(PATH, json=body).json()["metadata"]["cached"] for _ in range(2)] == [False, False]

    def test_a_stream_of_a_cached_answer_has_every_event(self, chat: httpx.Client) -> None:
        body = {"question": "What does a day pass cost?"}
        chat.post(PATH, json=body)
        streamed = chat.post(PATH, json=body, headers={"Accept": "text/event-stream"}).text
        names = [line.removeprefix("event: ") for line in streamed.splitlines() if line.startswith("event: ")]
        assert names == ["metadata", "token", "sources", "done"]
        assert '"cached":true' in streamed
