"""The chat with a language model: what its callers see when it answers, fails, is slow, or is left."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from pedalcast.app import create_app
from pedalcast.chat.factory import check
from pedalcast.settings import Settings, SettingsError
from tests.pedalcast.chat.conftest import PATIENT, Start
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, openai_server, says

PATH = "/api/v1/chat"
QUESTION = {"question": "How much is a day pass?"}
GOOD = "A day pass costs 5,000 won [1]. It lasts 24 hours [1]."

PASSES = """---
id: passes
title: Passes
lang: en
questions: ["How much is a day pass?"]
---
A day pass costs 5,000 won and lasts 24 hours. A season pass of 30 days costs 7,000 won.
"""


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with openai_server() as running:
        yield running


@pytest.fixture(autouse=True)
def forgotten(server: OpenAIServer) -> None:
    server.prompts.clear()
    server.hung_up.clear()


def settings(folder: Path, redis: str, url: str, **more: Any) -> Settings:
    help_dir = folder / "help"
    help_dir.mkdir()
    (help_dir / "passes.md").write_text(PASSES, encoding="utf-8")
    return Settings(
        _env_file=None, redis_url=redis, data_dir=folder, admin_token="a-token-of-the-tests", help_dir=help_dir,
        llm_provider="openai-like", llm_model="test-model", llm_base_url=url, llm_api_key="a-secret-key",
        answer_cache=timedelta(0),  # the same question is asked again and again
        llm_queries=0,  # a model is asked where to look, then for the answer
        **PATIENT, **more,
    )  # fmt: skip


def opened(client: httpx.Client) -> httpx.Client:
    """Wait until the chat is open."""
    client.timeout = httpx.Timeout(60)
    until = time.monotonic() + 240
    while "pedalcast_chat_ready 1.0" not in client.get("/metrics").text and time.monotonic() < until:
        time.sleep(0.05)
    return client


@pytest.fixture(scope="module")
def kind(
    tmp_path_factory: pytest.TempPathFactory, chat_redis: str, server: OpenAIServer, start_service: Start
) -> Iterator[httpx.Client]:
    """A chat that quotes where its model fails."""
    made = settings(tmp_path_factory.mktemp("kind"), chat_redis, server.url)
    with start_service(create_app(made)) as client:
        yield opened(client)


@pytest.fixture(scope="module")
def strict(
    tmp_path_factory: pytest.TempPathFactory, chat_redis: str, server: OpenAIServer, start_service: Start
) -> Iterator[httpx.Client]:
    """A chat that answers by its model or not at all."""
    made = settings(tmp_path_factory.mktemp("strict"), chat_redis, server.url, llm_fallback=False)
    with start_service(create_app(made)) as client:
        yield opened(client)


def streamed(client: httpx.Client) -> list[tuple[str, dict[str, Any]]]:
    with connect_sse(client, "POST", PATH, json=QUESTION, headers={"Accept": "text/event-stream"}) as source:
        return [(event.event, json.loads(event.data)) for event in source.iter_sse()]


def test_answers_by_the_model(kind: httpx.Client, server: OpenAIServer) -> None:
    server.will(says("documents"), says(GOOD))
    body = kind.post(PATH, json=QUESTION).json()
    assert (body["answer"], body["metadata"]["answered_by"], body["metadata"]["model"]) == (GOOD, "model", "test-model")
    [source] = body["sources"]
    assert [quote["text"] for quote in source["quotes"]] == ["A day pass costs 5,000 won and lasts 24 hours."]
    assert "a-secret-key" not in json.dumps(body)


def test_streams_as_the_model_writes(kind: httpx.Client, server: OpenAIServer) -> None:
    server.will(says("documents"), says(GOOD))
    events = streamed(kind)
    tokens = [data["text"] for name, data in events if name == "token"]
    assert len(tokens) > 1
    assert "".join(tokens) == GOOD
    assert events[-1][0] == "done"


def test_quotes_where_the_model_is_down(kind: httpx.Client, server: OpenAIServer) -> None:
    server.will(Reply(status=503))
    body = kind.post(PATH, json=QUESTION).json()
    assert "5,000 won" in body["answer"]
    assert (body["metadata"]["answered_by"], body["metadata"]["fallback"]) == ("extractive", "failed")
    assert 'pedalcast_chat_fallbacks_total{reason="failed"}' in kind.get("/metrics").text


def test_takes_back_what_was_shown_when_the_model_breaks_off(kind: httpx.Client, server: OpenAIServer) -> None:
    server.will(says("documents"), Reply([GOOD, " And so", " on"], cut=2))
    events = streamed(kind)
    names = [name for name, _ in events]
    again = next(i for i, (name, data) in enumerate(events) if name == "metadata" and data.get("restart"))
    assert names[again - 1] == "token"
    final = "".join(data["text"] for name, data in events[again:] if name == "token")
    assert final == events[-1][1]["answer"]
    assert events[-1][1]["metadata"]["answered_by"] == "extractive"


def test_without_a_fall_back_says_that_the_model_is_down(strict: httpx.Client, server: OpenAIServer) -> None:
    server.will(says("documents"), Reply(status=500))
    response = strict.post(PATH, json=QUESTION)
    assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")
    assert response.json()["error"] == "provider_unavailable"
    assert response.json()["message"] == "The language model (openai-like) failed."
    assert response.headers["retry-after"] == "30"
    assert 'outcome="provider_unavailable"' in strict.get("/metrics").text


def test_without_a_fall_back_a_stream_ends_in_an_error(strict: httpx.Client, server: OpenAIServer) -> None:
    server.will(says("documents"), Reply([GOOD, " And so", " on"], cut=2))
    name, data = streamed(strict)[-1]
    assert (name, data["error"], data["status"]) == ("error", "provider_unavailable", 503)


def test_a_client_that_leaves_the_stream_stops_the_model(kind: httpx.Client, server: OpenAIServer) -> None:
    server.will(says("documents"), Reply([GOOD, " And so", " on"], stall=2))
    headers = {"Accept": "text/event-stream"}
    with connect_sse(kind, "POST", PATH, json=QUESTION, headers=headers) as source:
        assert any(event.event == "token" for event in source.iter_sse())
    assert server.hung_up.wait(60)


def test_a_client_that_does_not_wait_for_the_answer_stops_the_model(
    kind: httpx.Client, server: OpenAIServer, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    server.will(says("documents"), Reply(["x"], stall=0))
    with closing(HTTPConnection(kind.base_url.host, kind.base_url.port)) as impatient:
        impatient.request("POST", PATH, json.dumps(QUESTION), {"Content-Type": "application/json"})
        eventually(lambda: len(server.prompts) == 2)  # the second asks for the answer, which never comes
    assert server.hung_up.wait(60)
    server.will(Reply(status=500))
    assert kind.post(PATH, json={"question": "hi"}).status_code == 200


def test_a_model_that_cannot_be_opened_is_told_at_the_start(tmp_path: Path, chat_redis: str) -> None:
    with pytest.raises(SettingsError, match="LLM_BASE_URL"):
        check(settings(tmp_path, chat_redis, ""))


def test_an_operators_folder_replaces_the_help(kind: httpx.Client, server: OpenAIServer) -> None:
    server.will(Reply(status=500))
    body = kind.post(PATH, json={"question": "How do I report a broken bike?"}).json()
    assert {source["document_id"] for source in body["sources"]} <= {"passes.en"}
