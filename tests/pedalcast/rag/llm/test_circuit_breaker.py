"""A provider that fails again and again is left alone for a while."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress

import pytest

from pedalcast.rag.llm import ChatModel, LlmConfig, Message, ProviderError, open_model
from pedalcast.rag.llm.circuit_breaker import LONGEST_PAUSE_S, CircuitBreaker
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, says

ASK = [Message("user", "안녕?")]


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(failures=2, pause=30.0, clock=clock)


class TestBreaker:
    def test_opens_after_so_many_failures_in_a_row(self, breaker: CircuitBreaker) -> None:
        breaker.failed()
        breaker.succeeded()
        breaker.failed()
        assert (breaker.state, breaker.admits()) == ("closed", True)
        breaker.failed()
        assert (breaker.state, breaker.admits()) == ("open", False)

    @pytest.mark.parametrize(("well", "state"), [(True, "closed"), (False, "open")])
    def test_one_alone_tries_after_the_pause(
        self, breaker: CircuitBreaker, clock: Clock, well: bool, state: str
    ) -> None:
        breaker.failed()
        breaker.failed()
        clock.now += 30.0
        assert breaker.state == "half_open"
        assert [breaker.admits() for _ in range(3)] == [True, False, False]
        breaker.succeeded() if well else breaker.failed()
        assert breaker.state == state

    def test_a_provider_that_says_when_to_come_back_is_left_alone_until_then(
        self, breaker: CircuitBreaker, clock: Clock
    ) -> None:
        breaker.failed(retry_after=45.0)
        clock.now += 44.0
        assert breaker.state == "open"
        clock.now += 1.0
        assert breaker.admits()
        breaker.failed(retry_after=5.0)  # the one that tried: no sooner than after the pause
        clock.now += 29.0
        assert breaker.state == "open"
        clock.now += 1.0
        assert breaker.state == "half_open"

    def test_for_so_long_at_most(self, breaker: CircuitBreaker, clock: Clock) -> None:
        breaker.failed(retry_after=1e9)
        clock.now += LONGEST_PAUSE_S
        assert breaker.state == "half_open"

    def test_one_that_gives_up_lets_another_try(self, breaker: CircuitBreaker, clock: Clock) -> None:
        breaker.failed()
        breaker.failed()
        clock.now += 30.0
        assert breaker.admits()
        breaker.abandoned()
        assert (breaker.state, breaker.admits()) == ("half_open", True)


def model_at(server: OpenAIServer, clock: Clock) -> ChatModel:
    model = open_model(LlmConfig("openai-like", "test", base_url=server.url, first_token=30, between_tokens=30))
    model.breaker = CircuitBreaker(failures=2, pause=30.0, clock=clock)
    return model


async def reasons(model: ChatModel, times: int) -> list[str]:
    """How so many calls end."""
    ends = []
    for _ in range(times):
        try:
            await model.complete(ASK, seconds=30)
            ends.append("ok")
        except ProviderError as error:
            ends.append(error.reason)
    return ends


def test_a_model_that_fails_is_not_asked_until_it_has_had_a_pause(server: OpenAIServer, clock: Clock) -> None:
    server.will(Reply(status=500))

    async def run() -> list[str]:
        async with aclosing(model_at(server, clock)) as model:
            ends = await reasons(model, 3)
            clock.now += 30.0
            server.will(says("here again"))
            return ends + await reasons(model, 2)

    assert asyncio.run(run()) == ["failed", "failed", "paused", "ok", "ok"]
    assert len(server.prompts) == 4


@pytest.mark.parametrize("reply", [Reply(status=400), Reply([" "])])
def test_a_question_that_it_refuses_does_not_pause_it(server: OpenAIServer, clock: Clock, reply: Reply) -> None:
    server.will(reply)

    async def run() -> list[str]:
        async with aclosing(model_at(server, clock)) as model:
            return await reasons(model, 4)

    assert "paused" not in asyncio.run(run())


def test_an_asker_who_leaves_says_nothing_about_it(server: OpenAIServer, clock: Clock) -> None:
    server.will(Reply(status=500), Reply(status=500), Reply(["one", "two"], stall=1))

    async def run() -> str:
        async with aclosing(model_at(server, clock)) as model:
            await reasons(model, 2)
            clock.now += 30.0
            with suppress(ProviderError):
                async with aclosing(model.stream(ASK)) as pieces:
                    assert await anext(pieces) == "one"
            return f"{model.breaker.state} {model.breaker.admits()}"

    assert asyncio.run(run()) == "half_open True"
