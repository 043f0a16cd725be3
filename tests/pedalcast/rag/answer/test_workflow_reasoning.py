"""Two language models: one decides, another answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pedalcast.rag.answer.answer_types import AnswerComponents
from pedalcast.rag.routing.follow_up import Turn
from tests.pedalcast.rag.flow import GOOD, PRICE, ask
from tests.pedalcast.rag.openai_server import OpenAIServer, openai_server, says


@pytest.fixture
def reasoning() -> Iterator[OpenAIServer]:
    with openai_server() as running:
        yield running


def test_one_decides_and_the_other_answers(
    parts: AnswerComponents, server: OpenAIServer, reasoning: OpenAIServer
) -> None:
    reasoning.will(says("documents"), says("How much is a day pass?"))
    server.will(says(GOOD))
    history = (Turn("user", "Tell me about the day pass"), Turn("assistant", "It is a pass for one day."))
    answer, _ = ask(parts, "How much is it?", server=server, reasoning=reasoning, history=history)
    assert (answer.by, answer.text, answer.findings.understanding.text) == ("model", GOOD, PRICE)
    assert [prompts[0]["content"][:8] for prompts in reasoning.prompts] == ["You sort", "Rewrite "]
    assert len(server.prompts) == 1


def test_one_that_cannot_be_reached_leaves_the_answer_to_the_other(
    parts: AnswerComponents, server: OpenAIServer
) -> None:
    with openai_server() as gone:
        pass
    server.will(says(GOOD))
    answer, _ = ask(parts, PRICE, server=server, reasoning=gone)
    assert (answer.by, answer.text) == ("model", GOOD)
    assert any("routed by rules" in note for note in answer.notes)
