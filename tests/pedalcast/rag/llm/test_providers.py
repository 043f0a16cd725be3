"""Every provider that is installed: streams, names its failures, and calls nobody but the server it is given."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from pedalcast.rag.llm import LlmConfig, Message, Provider, ProviderError, open_model
from tests.pedalcast.chat.network import closed_network
from tests.pedalcast.rag.llm.providers_server import ProvidersServer, providers_server

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")  # google.genai's, of itself

MODELS: dict[Provider, tuple[str, str]] = {
    "anthropic": ("anthropic", "claude-sonnet-4-5"),
    "gemini": ("google_genai", "gemini-2.0-flash"),
    "bedrock": ("bedrock_converse", "anthropic.claude-3-haiku-20240307-v1:0"),
    "ollama": ("ollama", "some-model"),
}


@pytest.fixture(params=MODELS)
def provider(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Provider:
    name: Provider = request.param
    if find_spec(f"llama_index.llms.{MODELS[name][0]}") is None:
        pytest.skip(f"requirements/llm.txt is not installed: no {name}")
    for setting in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(setting, "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return name


@pytest.fixture
def server() -> Iterator[ProvidersServer]:
    with providers_server() as running:
        yield running


def said(provider: Provider, url: str) -> str:
    async def run() -> str:
        config = LlmConfig(provider, MODELS[provider][1], api_key="key", base_url=url, region="us-east-1")
        return "".join([piece async for piece in open_model(config).stream([Message("user", "Hello?")])])

    with closed_network() as tried:
        answer = asyncio.run(run())
        assert tried == []
    return answer


def test_streams(provider: Provider, server: ProvidersServer) -> None:
    assert said(provider, server.url) == "Hello [1]."


@pytest.mark.parametrize(("status", "reason"), [(500, "failed"), (401, "refused"), (429, "throttled")])
def test_names_its_failures(provider: Provider, server: ProvidersServer, status: int, reason: str) -> None:
    server.status = status
    with pytest.raises(ProviderError) as caught:
        said(provider, server.url)
    assert caught.value.reason == reason


def test_is_left_alone_for_as_long_as_it_asks(provider: Provider, server: ProvidersServer) -> None:
    server.status, server.retry_after = 429, "120"
    config = LlmConfig(provider, MODELS[provider][1], api_key="key", base_url=server.url, region="us-east-1")
    model = open_model(config)
    with pytest.raises(ProviderError):
        asyncio.run(model.complete([Message("user", "Hello?")], seconds=30.0))
    told = provider != "ollama"  # its client keeps no headers
    assert model.breaker.state == ("open" if told else "closed")


def test_names_a_server_that_is_not_there(provider: Provider) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ProviderError) as caught:
        said(provider, f"http://127.0.0.1:{port}")
    assert caught.value.reason == "unreachable"
