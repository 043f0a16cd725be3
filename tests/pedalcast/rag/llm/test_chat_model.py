"""A model's answer as it streams, and every way it can fail, against a real client and a real server."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from contextlib import aclosing
from dataclasses import replace
from importlib.util import find_spec

import pytest

from pedalcast.rag.llm import ChatModel, LlmConfig, Message, MissingExtraError, Provider, ProviderError, open_model
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, says

ASK = [Message("system", "Be brief."), Message("user", "안녕?")]


def model_at(url: str, **settings: float) -> ChatModel:
    config = LlmConfig("openai-like", "test", base_url=url, api_key="secret-key", first_token=30, between_tokens=30)
    return open_model(replace(config, **settings))  # type: ignore[arg-type]


async def collected(model: ChatModel) -> list[str]:
    async with aclosing(model):
        return [piece async for piece in model.stream(ASK)]


async def whole(model: ChatModel, seconds: float) -> str:
    async with aclosing(model):
        return await model.complete(ASK, seconds=seconds)


def reason(model: ChatModel) -> str:
    with pytest.raises(ProviderError) as caught:
        asyncio.run(collected(model))
    assert "secret-key" not in str(caught.value)
    return caught.value.reason


def test_streams_the_pieces_as_they_come(server: OpenAIServer) -> None:
    server.will(Reply(["안녕", "하세", "요 [1]."]))
    assert asyncio.run(collected(model_at(server.url))) == ["안녕", "하세", "요 [1]."]
    assert server.prompts == [[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "안녕?"}]]


def test_a_whole_answer_is_stripped(server: OpenAIServer) -> None:
    server.will(says("  live\n"))
    assert asyncio.run(whole(model_at(server.url), 30)) == "live"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(status=500), "failed"),
        (Reply(status=503), "failed"),
        (Reply(status=401), "refused"),
        (Reply(status=429), "throttled"),
        (Reply(["half an ", "answer"], cut=1), "unreachable"),
        (Reply(["  ", "\n"]), "empty"),
        (Reply([]), "empty"),
    ],
)
def test_a_failure_has_its_reason(server: OpenAIServer, reply: Reply, expected: str) -> None:
    server.will(reply)
    assert reason(model_at(server.url)) == expected


@pytest.mark.parametrize(
    ("reply", "limits"),
    [
        (Reply(["never"], stall=0), {"first_token": 1.0}),
        (Reply(["one", "two"], stall=1), {"between_tokens": 1.0}),
        (Reply(["one", "two"], stall=1), {"whole": 1.0}),
    ],
)
def test_waiting_has_an_end(server: OpenAIServer, reply: Reply, limits: dict[str, float]) -> None:
    server.will(reply)
    assert reason(model_at(server.url, **limits)) == "timeout"
    assert server.hung_up.wait(30)


def test_a_short_answer_has_its_own_limit(server: OpenAIServer) -> None:
    server.will(Reply(["never"], stall=0))
    with pytest.raises(ProviderError, match="too long"):
        asyncio.run(whole(model_at(server.url), 1.0))
    assert server.hung_up.wait(30)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert reason(model_at(f"http://127.0.0.1:{port}/v1")) == "unreachable"


def test_closing_the_stream_hangs_up(server: OpenAIServer) -> None:
    server.will(Reply(["one", "two"], stall=1))

    async def leave() -> None:
        async with aclosing(model_at(server.url)) as model, aclosing(model.stream(ASK)) as pieces:
            assert await anext(pieces) == "one"

    asyncio.run(leave())
    assert server.hung_up.wait(30)


def test_a_busy_listener_is_not_cut_off(server: OpenAIServer) -> None:
    server.will(Reply(["one", "two"]))

    async def slowly() -> list[str]:
        heard = []
        async with aclosing(model_at(server.url, between_tokens=1.0)) as model:
            async for piece in model.stream(ASK):
                await asyncio.sleep(1.2)
                heard.append(piece)
        return heard

    assert asyncio.run(slowly()) == ["one", "two"]


def test_an_address_must_be_named() -> None:
    with pytest.raises(ValueError, match="LLM_BASE_URL"):
        open_model(LlmConfig("openai-like", "test"))


MODULES = {"anthropic": "anthropic", "gemini": "google_genai", "bedrock": "bedrock_converse", "ollama": "ollama"}


@pytest.mark.parametrize("provider", ["anthropic", "gemini", "bedrock", "ollama"])
def test_a_provider_that_is_not_installed_names_its_package(provider: Provider) -> None:
    if find_spec(f"llama_index.llms.{MODULES[provider]}") is not None:
        pytest.skip("it is installed")
    with pytest.raises(MissingExtraError, match=f"'{provider}' needs llama-index-llms-.*requirements/llm.txt"):
        open_model(LlmConfig(provider, "test", api_key="key", region="us-east-1"))


def test_no_integration_is_imported_before_it_is_wanted() -> None:
    code = "import sys, pedalcast.rag.llm as _; print({'openai', 'anthropic', 'ollama'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
