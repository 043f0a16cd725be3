"""Which models there are, over a socket, and how their last answer ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from collector.clocks import SystemClock
from pedalcast.chat import endpoints
from pedalcast.chat.answers.model_status import providers_of
from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.metrics import ChatMetrics
from pedalcast.chat.service import ChatService
from pedalcast.kit import errors
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.rag.answer.answer_types import AnswerComponents, StageLimits
from pedalcast.rag.config import RagConfig
from pedalcast.rag.llm import LlmConfig, Message, ProviderError, open_model
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.types import Document
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, openai_server, says

PATIENT = StageLimits(route=60, rewrite=60, documents=60, live=60)
PRICE = "How much is a day pass?"


@pytest.fixture(scope="module")
def retrieval(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RetrievalPipeline]:
    opened = RetrievalPipeline(RagConfig(data_dir=tmp_path_factory.mktemp("models"), leg_timeout=60.0))
    opened.ingest([Document("passes", "Passes", "A day pass costs 5,000 won and lasts 24 hours.")])
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as running:
        yield running


@pytest.fixture
def client(retrieval: RetrievalPipeline, serve: Callable[[FastAPI], httpx.Client]) -> httpx.Client:
    """A client of a chat without a language model."""
    app = FastAPI()
    errors.install(app)
    app.include_router(endpoints.router)
    app.state.context = SimpleNamespace(events=Broadcaster())  # what the server lets go of
    app.state.chat = ChatState()
    parts = AnswerComponents(retrieval, limits=PATIENT)
    app.state.chat.open(ChatService(parts, ChatMetrics(CollectorRegistry(), lambda: True), SystemClock()))
    return serve(app)


def models(client: httpx.Client) -> dict[str, Any]:
    response = client.get("/api/v1/chat/providers")
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_without_a_model_rules_decide_and_quotes_answer(client: httpx.Client, retrieval: RetrievalPipeline) -> None:
    retrieval.search(PRICE, lang="en")
    body = models(client)
    assert body["reasoning"] == {"provider": "rules", "model": None, "health": "ok", "breaker": None}
    assert body["answering"] == [{"provider": "extractive", "model": None, "health": "ok", "breaker": None}]
    english, korean = body["embedding"]
    assert (english["language"], english["provider"], english["health"]) == ("en", "minilm", "ok")
    assert (korean["language"], korean["provider"], korean["health"]) == ("ko", "e5", "untried")
    assert english["model"] != korean["model"]


def test_a_model_is_as_its_last_answer_ended(retrieval: RetrievalPipeline, server: OpenAIServer) -> None:
    model = open_model(LlmConfig("openai-like", "test", base_url=server.url))
    parts = AnswerComponents(retrieval, model=model, limits=PATIENT)
    seen = [providers_of(parts).answering[0].health]
    server.will(says("documents"), Reply(status=500), says("documents"))

    async def run() -> None:
        for _ in range(3):
            with suppress(ProviderError):
                await model.complete([Message("user", PRICE)], seconds=60)
            seen.append(providers_of(parts).answering[0].health)
        await model.aclose()

    asyncio.run(run())
    assert seen == ["untried", "ok", "failed", "ok"]
    named = [(one.provider, one.model) for one in providers_of(parts).answering]
    assert named == [("openai-like", "test"), ("extractive", None)]
