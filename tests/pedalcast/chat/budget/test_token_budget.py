"""The daily budget of the language model: over it, quotes answer and say so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from prometheus_client import CollectorRegistry

from collector.clocks import SystemClock
from pedalcast.bots.answering_bot import GUIDE, AnsweringBot
from pedalcast.chat.budget.token_budget import PROMPT_TOKENS, BudgetLimits, BudgetSpentError, TokenBudget
from pedalcast.chat.metrics import ChatMetrics
from pedalcast.chat.schemas import ChatMetadata, ChatRequest, ChatResponse
from pedalcast.chat.service import ChatService
from pedalcast.kit.redis_connection import connect_async
from pedalcast.rag.answer.answer_types import AnswerComponents, StageLimits
from pedalcast.rag.config import RagConfig
from pedalcast.rag.llm import LlmConfig, open_model
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.types import Document
from tests.pedalcast.rag.openai_server import OpenAIServer, openai_server, says

PATIENT = StageLimits(route=60, rewrite=60, documents=60, live=60)
REQUEST = ChatRequest.model_validate({"question": "How much is a day pass?"})
ANSWER = "A day pass costs 5,000 won [1]."
OWN = AnsweringBot("own", 1)


@pytest.fixture(scope="module")
def retrieval(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RetrievalPipeline]:
    opened = RetrievalPipeline(RagConfig(data_dir=tmp_path_factory.mktemp("budget"), leg_timeout=60.0))
    passes = Document("passes", "Passes", "A day pass costs 5,000 won and lasts 24 hours.")
    for bot in ("help", "own"):
        opened.ingest([passes], bot_id=bot)
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as running:
        running.behaviour = lambda messages: says("documents" if "You sort" in messages[0]["content"] else ANSWER)
        yield running


class Asking:
    """Questions to a chat with a language model under these limits, and what became of them."""

    def __init__(self, retrieval: RetrievalPipeline, model_url: str, redis_url: str, limits: BudgetLimits) -> None:
        self._retrieval, self._model_url, self._redis_url, self._limits = retrieval, model_url, redis_url, limits
        self.registry = CollectorRegistry()
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def together(self, *asked: tuple[str, AnsweringBot]) -> list[ChatMetadata]:
        """The same for questions that come at the same moment."""
        return asyncio.run(self._run(asked, together=True))

    def __call__(self, *asked: tuple[str, AnsweringBot]) -> list[ChatMetadata]:
        """The metadata of each answer in turn, by asker and bot."""
        return asyncio.run(self._run(asked))

    async def _run(self, asked: tuple[tuple[str, AnsweringBot], ...], *, together: bool = False) -> list[ChatMetadata]:
        client = connect_async(self._redis_url, socket_timeout=5.0, socket_connect_timeout=5.0)
        parts = AnswerComponents(
            self._retrieval,
            limits=PATIENT,
            model=open_model(LlmConfig("openai-like", "test", base_url=self._model_url)),
        )
        chat = ChatService(
            parts, ChatMetrics(self.registry, lambda: True), SystemClock(),
            budget=TokenBudget(client, self._limits, lambda: self.now),
        )  # fmt: skip

        async def answer(asker: str, bot: AnsweringBot) -> ChatMetadata:
            events = [event async for event in chat.events(REQUEST, "s", bot, asker)]
            [metadata] = [event.metadata for event in events if isinstance(event, ChatResponse)]
            return metadata

        if together:
            answers = list(await asyncio.gather(*(answer(*one) for one in asked)))
        else:
            answers = [await answer(*one) for one in asked]
        await chat.aclose()
        return answers


@pytest.mark.usefixtures("redis_client")
class TestOverTheBudget:
    def test_of_a_user_quotes_answer_and_say_so(
        self, retrieval: RetrievalPipeline, server: OpenAIServer, redis_url: str
    ) -> None:
        ask = Asking(retrieval, server.url, redis_url, BudgetLimits(user=10))
        first, second, other = ask(("user:a", GUIDE), ("user:a", GUIDE), ("user:b", GUIDE))
        assert (first.answered_by, first.fallback, first.notes) == ("model", None, [])
        assert first.model_tokens > 100  # both prompts with the passage
        assert (second.answered_by, second.fallback, second.model_tokens) == ("extractive", "budget", 0)
        assert second.notes == ["daily budget (user) of the language model spent: quoted without it"]
        assert other.answered_by == "model"
        counted = ask.registry.get_sample_value("pedalcast_chat_model_tokens_total")
        assert counted == first.model_tokens + other.model_tokens

    def test_by_many_who_ask_at_the_same_moment(
        self, retrieval: RetrievalPipeline, server: OpenAIServer, redis_url: str, redis_client: redis.Redis
    ) -> None:
        ask = Asking(retrieval, server.url, redis_url, BudgetLimits(total=100))
        answers = ask.together(*((f"user:{n}", GUIDE) for n in range(6)))
        assert sorted(answer.answered_by for answer in answers) == ["extractive"] * 5 + ["model"]
        [key] = redis_client.keys("chat:budget:*")
        assert int(redis_client.get(key) or 0) == sum(answer.model_tokens for answer in answers)

    def test_what_is_reserved_and_not_used_is_left(
        self, retrieval: RetrievalPipeline, server: OpenAIServer, redis_url: str
    ) -> None:
        limit = PROMPT_TOKENS // 2  # less than one answer reserves, more than two take
        answers = Asking(retrieval, server.url, redis_url, BudgetLimits(user=limit))(*[("user:a", GUIDE)] * 2)
        assert [answer.answered_by for answer in answers] == ["model", "model"]

    def test_of_a_bot_the_other_bots_are_still_answered(
        self, retrieval: RetrievalPipeline, server: OpenAIServer, redis_url: str
    ) -> None:
        ask = Asking(retrieval, server.url, redis_url, BudgetLimits(bot=10))
        answers = ask(("user:a", OWN), ("user:b", OWN), ("user:b", GUIDE))
        assert [answer.answered_by for answer in answers] == ["model", "extractive", "model"]

    def test_of_all_until_the_next_day(
        self, retrieval: RetrievalPipeline, server: OpenAIServer, redis_url: str, redis_client: redis.Redis
    ) -> None:
        ask = Asking(retrieval, server.url, redis_url, BudgetLimits(total=10))
        answers = ask(("user:a", OWN), ("user:b", GUIDE))
        assert [answer.answered_by for answer in answers] == ["model", "extractive"]
        [key] = redis_client.keys("chat:budget:*")
        assert 0 < redis_client.ttl(key) <= timedelta(days=2).total_seconds()
        later = Asking(retrieval, server.url, redis_url, BudgetLimits(total=10))
        later.now = ask.now + timedelta(days=1)
        assert [answer.answered_by for answer in later(("user:b", GUIDE))] == ["model"]


def test_while_redis_is_away_the_model_is_not_asked(retrieval: RetrievalPipeline, server: OpenAIServer) -> None:
    away = "redis://127.0.0.1:9/0"
    [answer] = Asking(retrieval, server.url, away, BudgetLimits(user=10))(("user:a", GUIDE))
    assert (answer.answered_by, answer.fallback, server.prompts) == ("extractive", "budget", [])


def test_what_a_process_that_died_had_reserved_is_free_again(redis_url: str, redis_client: redis.Redis) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    async def run() -> list[str]:
        client, outcomes = connect_async(redis_url, socket_timeout=5.0, socket_connect_timeout=5.0), []
        limits = BudgetLimits(total=100)
        lasting = TokenBudget(client, limits, lambda: now)
        dying = TokenBudget(client, limits, lambda: now, lease=timedelta(milliseconds=1))
        try:
            await dying.reserve("a", "help", 100)  # and is never settled
            await asyncio.sleep(0.05)
            held = await lasting.reserve("b", "help", 100)
            try:
                await lasting.reserve("c", "help", 1)
            except BudgetSpentError as error:
                outcomes.append(error.kind)
            await held.settle(99)
            last = await lasting.reserve("c", "help", 50)
            await last.settle(1)
            try:
                await lasting.reserve("c", "help", 1)
            except BudgetSpentError as error:
                outcomes.append(error.kind)
        finally:
            await client.aclose()
        return outcomes

    assert asyncio.run(run()) == ["total", "total"]
