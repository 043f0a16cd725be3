"""Two language models over the real API: the second one answers while the first is away, and the answer says so."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from pedalcast.app import create_app
from pedalcast.model_settings import ChainedModel
from tests.pedalcast.chat.conftest import Start
from tests.pedalcast.chat.test_with_model import GOOD, PATH, QUESTION, opened, settings
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, openai_server, says

SECRET = "key-of-the-second"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[OpenAIServer, OpenAIServer]]:
    with openai_server() as first, openai_server() as second:
        yield first, second


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory,
    chat_redis: str,
    servers: tuple[OpenAIServer, OpenAIServer],
    start_service: Start,
) -> Iterator[httpx.Client]:
    first, second = servers
    other = ChainedModel(provider="openai-like", model="second-model", base_url=second.url, api_key=SecretStr(SECRET))
    folder = tmp_path_factory.mktemp("chain")
    made = settings(folder, chat_redis, first.url, llm_chain=(other,), llm_breaker_failures=4)
    with start_service(create_app(made)) as client:
        yield opened(client)


def test_the_second_answers_and_the_first_is_left_alone(
    client: httpx.Client, servers: tuple[OpenAIServer, OpenAIServer]
) -> None:
    first, second = servers
    first.will(Reply(status=500))
    second.behaviour = lambda messages: says("documents" if "You sort" in messages[0]["content"] else GOOD)
    bodies = [client.post(PATH, json=QUESTION).json() for _ in range(3)]
    for body, reason in zip(bodies, ["failed", "failed", "paused"], strict=True):
        metadata = body["metadata"]
        assert (body["answer"], metadata["answered_by"]) == (GOOD, "model")
        assert (metadata["provider"], metadata["model"]) == ("openai-like", "second-model")
        assert metadata["skipped"] == [{"provider": "openai-like", "model": "test-model", "reason": reason}]
        assert any("instead of openai-like (test-model)" in note for note in metadata["notes"])
    assert len(first.prompts) == 4
    answering = client.get("/api/v1/chat/providers").json()["answering"]
    assert [(one["model"], one["health"], one["breaker"]) for one in answering] == [
        ("test-model", "failed", "open"),
        ("second-model", "ok", "closed"),
        (None, "ok", None),
    ]
    metrics = client.get("/metrics").text
    assert 'pedalcast_chat_model_paused{model="test-model",provider="openai-like"} 1.0' in metrics
    labels = 'model="test-model",outcome="paused",provider="openai-like",purpose="answering"'
    assert f"pedalcast_chat_model_calls_total{{{labels}}} 1.0" in metrics
    assert SECRET not in json.dumps(bodies) + metrics
