"""Two language models: one decides, another answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pedalcast.rag.answer.answer_types import AnswerComponents
from pedalcast.rag.routing.follow_up import Turn
from tests.pedalcast.rag.flow import GOOD, PRICE, ask
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, openai_server, says


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


def test_the_one_that_decides_words_the_queries(
    parts: AnswerComponents, server: OpenAIServer, reasoning: OpenAIServer
) -> None:
    queries = '1. What does a day pass cost?\n- price of a 24 hour pass\n\n"day pass fare"\nday pass won\nfree'
    reasoning.will(says("documents"), says(queries))
    server.will(says(GOOD))
    answer, _ = ask(replace(parts, queries=3), PRICE, server=server, reasoning=reasoning)
    assert (answer.by, answer.text, answer.notes) == ("model", GOOD, ())
    [_, (system, asked)] = reasoning.prompts
    assert system["content"].startswith("Write 3 search queries")
    assert asked["content"] == f"<question>{PRICE}</question>"
    [step] = [step for step in answer.steps if "queries" in step]
    assert step["queries"] == 3


@pytest.mark.parametrize("reply", [Reply(status=500), says(PRICE)])
def test_without_usable_queries_the_question_alone_is_searched(
    parts: AnswerComponents, server: OpenAIServer, reasoning: OpenAIServer, reply: Reply
) -> None:
    reasoning.will(says("documents"), reply)
    server.will(says(GOOD))
    answer, _ = ask(replace(parts, queries=3), PRICE, server=server, reasoning=reasoning)
    assert (answer.by, answer.text) == ("model", GOOD)
    assert [note.split(":")[0] for note in answer.notes] == (["queries by rule"] if reply.status == 500 else [])
    assert not [step for step in answer.steps if "queries" in step]


def test_one_that_cannot_be_reached_leaves_the_answer_to_the_other(
    parts: AnswerComponents, server: OpenAIServer
) -> None:
    with openai_server() as gone:
        pass
    server.will(says(GOOD))
    answer, _ = ask(parts, PRICE, server=server, reasoning=gone)
    assert (answer.by, answer.text) == ("model", GOOD)
    assert any("routed by rules" in note for note in answer.notes)
