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
from tests.pedalcast.people_service import bearer
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, openai_server, says

SECRET = "key-of-the-second"
PRICES = """
currency = "USD"
[[model]]
provider = "openai-like"
model = "second-model"
input = 1000
output = "2000"
"""


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
    (folder / "prices.toml").write_text(PRICES)
    made = settings(
        folder, chat_redis, first.url, llm_chain=(other,), llm_breaker_failures=4, llm_prices=folder / "prices.toml"
    )
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
    costs = [body["metadata"]["cost"] for body in bodies]
    assert costs[:2] == [None, None]  # the first was asked, and nobody says what it costs
    assert costs[2]["currency"] == "USD"
    assert costs[2]["amount"] > 0
    assert 'pedalcast_chat_model_unpriced_total{model="test-model",provider="openai-like"} 4.0' in metrics
    assert 'pedalcast_chat_model_cost_total{currency="USD",model="second-model",provider="openai-like"}' in metrics
    assert SECRET not in json.dumps(bodies) + metrics


def test_a_question_chooses_among_them(client: httpx.Client, servers: tuple[OpenAIServer, OpenAIServer]) -> None:
    _, second = servers
    second.behaviour = lambda messages: says("documents" if "You sort" in messages[0]["content"] else GOOD)
    names = [one["name"] for one in client.get("/api/v1/chat/providers").json()["choices"]]
    assert names == ["openai-like", "openai-like/second-model", "extractive"]
    metadata = client.post(PATH, json=QUESTION | {"provider": names[1]}).json()["metadata"]
    assert (metadata["model"], metadata["skipped"]) == ("second-model", [])
    quoted = client.post(PATH, json=QUESTION | {"provider": "extractive"}).json()["metadata"]
    assert (quoted["answered_by"], quoted["cost"]) == ("extractive", {"amount": 0.0, "currency": "USD"})
    refused = client.post(PATH, json=QUESTION | {"provider": "nobody"})
    assert (refused.status_code, refused.json()["error"]) == (422, "unknown_provider")
    assert "openai-like/second-model" in refused.json()["message"]


def test_a_kept_question_and_a_bot_do_too(client: httpx.Client) -> None:
    token = bearer(client.post("/api/v1/triple/user", json={}).json()["token"])
    body = {"message": QUESTION["question"], "provider": "openai-like/second-model"}
    kept = client.post("/api/v1/chatbot/chat", json=body, headers=token).json()
    [_, answer] = client.get(f"/api/v1/chatbot/sessions/{kept['session_id']}", headers=token).json()["data"]["messages"]
    assert answer["metadata"]["model"] == "second-model"
    refused = client.post("/api/v1/chatbot/chat", json=body | {"provider": "nobody"}, headers=token)
    assert (refused.status_code, refused.json()["error"]) == (422, "unknown_provider")
    assert client.get("/api/v1/chatbot/sessions", headers=token).json()["data"][0]["message_count"] == 2
