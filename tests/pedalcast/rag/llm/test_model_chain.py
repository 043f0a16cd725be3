"""Of several models the next one answers where the one before it does not, before the first word only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from pedalcast.rag.llm import LlmConfig, Message, ModelChain, ProviderError, open_model
from pedalcast.rag.llm.model_use import ModelUse, model_use
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, openai_server, says

ASK = [Message("user", "안녕?")]


@pytest.fixture
def second() -> Iterator[OpenAIServer]:
    with openai_server() as running:
        yield running


def chain_of(*servers: OpenAIServer, first_token: float = 30.0) -> ModelChain:
    configs = [
        LlmConfig("openai-like", f"m{place}", base_url=server.url, first_token=first_token, between_tokens=30)
        for place, server in enumerate(servers, 1)
    ]
    return ModelChain([open_model(config) for config in configs])


def streamed(chain: ModelChain) -> tuple[list[str], str | None, ModelUse]:
    """The pieces, why it ended, and what was asked of whom."""

    async def run() -> tuple[list[str], str | None, ModelUse]:
        pieces: list[str] = []
        with model_use() as use:
            async with aclosing(chain):
                try:
                    async for piece in chain.stream(ASK):
                        pieces.append(piece)  # noqa: PERF401 (what came before an error counts)
                except ProviderError as error:
                    return pieces, error.reason, use
            return pieces, None, use

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(status=503), "failed"),
        (Reply(status=401), "refused"),
        (Reply([" ", "\n"]), "empty"),
        (Reply([" ", "late"], cut=1), "unreachable"),
    ],
)
def test_the_next_one_answers(server: OpenAIServer, second: OpenAIServer, reply: Reply, outcome: str) -> None:
    server.will(reply)
    second.will(Reply(["안녕", "하세요"]))
    pieces, error, use = streamed(chain_of(server, second))
    assert (pieces, error) == (["안녕", "하세요"], None)
    assert [(call.model, call.purpose, call.outcome) for call in use.calls] == [
        ("m1", "answering", outcome),
        ("m2", "answering", "ok"),
    ]


def test_one_that_is_slow_or_gone_is_passed_over(server: OpenAIServer, second: OpenAIServer) -> None:
    with openai_server() as gone:
        pass
    server.will(Reply(["never"], stall=0))
    second.will(says("hello"))
    pieces, error, use = streamed(chain_of(gone, server, second, first_token=1.0))
    assert ("".join(pieces), error) == ("hello", None)
    assert [call.outcome for call in use.calls] == ["unreachable", "timeout", "ok"]


def test_after_the_first_word_nobody_takes_over(server: OpenAIServer, second: OpenAIServer) -> None:
    server.will(Reply(["half an ", "answer"], cut=1))
    pieces, error, _ = streamed(chain_of(server, second))
    assert (pieces, error) == (["half an "], "unreachable")
    assert second.prompts == []


def test_where_none_answers_the_last_one_says_why(server: OpenAIServer, second: OpenAIServer) -> None:
    server.will(Reply(status=500))
    second.will(Reply(status=403))
    assert streamed(chain_of(server, second))[:2] == ([], "refused")


def test_short_answers_have_one_limit_for_all(server: OpenAIServer, second: OpenAIServer) -> None:
    server.will(Reply(["never"], stall=0))
    second.will(says("documents"))

    async def run() -> str:
        async with aclosing(chain_of(server, second)) as chain:
            return await chain.complete(ASK, seconds=1.0)

    with pytest.raises(ProviderError) as caught:
        asyncio.run(run())
    assert caught.value.reason == "timeout"
    assert second.prompts == []
    server.will(Reply(status=500))
    assert asyncio.run(run()) == "documents"
