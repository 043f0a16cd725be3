"""Graphs run on real documents and stations: ways taken, texts, limits."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from pedalcast.rag.answer.answer_events import AnswerReady, FlowEvent, QuestionUnderstood, TextShown
from pedalcast.rag.answer.answer_types import Answer, AnswerComponents, Question, StageLimits
from pedalcast.rag.flow.default_graphs import example_graphs
from pedalcast.rag.flow.graph import Graph
from pedalcast.rag.flow.graph_check import read_graph
from pedalcast.rag.flow.graph_run import FlowTimeoutError, NodeTrace
from pedalcast.rag.flow.question_flow import QuestionFlow
from tests.pedalcast.rag.flow import BOTH, GOOD, PRICE, model_at, shown
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, says

STOCK = example_graphs()["stock"]


def through(
    parts: AnswerComponents, text: str, graph: Graph | None, server: OpenAIServer | None = None
) -> tuple[Answer, list[FlowEvent], tuple[NodeTrace, ...]]:
    """The answer by a graph, what was streamed, and how the nodes ran."""

    async def run() -> tuple[Answer, list[FlowEvent], tuple[NodeTrace, ...]]:
        model = None if server is None else model_at(server)
        flow = QuestionFlow(replace(parts, model=model)).start(Question(text, "help"), graph)
        try:
            events = [event async for event in flow.events()]
            return await flow.answer(), events, flow.trace
        finally:
            await flow.aclose()
            if model is not None:
                await model.aclose()

    return asyncio.run(run())


def changed(graph: Graph, node: str, **fields: object) -> Graph:
    """The graph with other fields of one node."""
    document: dict[str, Any] = graph.model_dump(by_alias=True, exclude_none=True)
    next(one for one in document["nodes"] if one["id"] == node).update(fields)
    return read_graph(document)


class TestTheDefault:
    def test_is_what_answers_without_a_graph(self, parts: AnswerComponents) -> None:
        for question in (PRICE, BOTH, "여의나루역 지금 몇 대 있어?", "안녕하세요", "zxqv wvut?"):
            plain, _, trace = through(parts, question, None)
            named, _, same = through(parts, question, example_graphs()["default"])
            assert (plain.text, plain.by, plain.answered) == (named.text, named.by, named.answered)
            assert {node.node for node in trace} == {node.node for node in same}

    def test_runs_only_what_the_route_wants(self, parts: AnswerComponents) -> None:
        _, _, trace = through(parts, PRICE, None)
        assert [node.node for node in trace] == ["start", "route", "rewrite", "documents", "answer", "end"]
        assert trace[1].outcome == "documents"
        assert trace[2].next == ("documents",)
        assert all(node.milliseconds >= 0 for node in trace)


class TestOnStock:
    def test_enough_bikes_end_in_the_template(self, parts: AnswerComponents) -> None:
        answer, events, trace = through(parts, "How many bikes are at Gaon Tower?", STOCK)
        assert answer.text == "Go: 211 Gaon Tower has 6 bikes. [1]"
        assert [source.evidence.kind for source in answer.sources] == ["station"]
        assert (answer.by, answer.answered) == ("template", True)
        assert shown(events) == answer.text
        ran = [node.node for node in trace]
        assert "rules" not in ran
        assert ran[-2:] == ["go", "end"]

    def test_too_few_ask_the_documents(self, parts: AnswerComponents) -> None:
        graph = changed(STOCK, "enough", value=100)
        answer, _, trace = through(parts, "How many bikes are at Gaon Tower?", graph)
        assert [node.outcome for node in trace if node.node == "enough"] == ["no"]
        assert {"rules", "answer"} <= {node.node for node in trace}
        assert "go" not in {node.node for node in trace}
        assert answer.by != "template"

    def test_what_is_not_known_is_a_no(self, parts: AnswerComponents) -> None:
        _, _, trace = through(parts, PRICE, STOCK)
        assert [node.outcome for node in trace if node.node == "enough"] == ["no"]

    def test_always_of_one_station(self, parts: AnswerComponents) -> None:
        graph = changed(STOCK, "stock", station="Gaon Tower")
        answer, _, _ = through(parts, "Shall I go?", graph)
        assert "Gaon Tower" in answer.text


class TestJoined:
    def test_passages_of_both_reach_the_answer(self, parts: AnswerComponents) -> None:
        document: dict[str, Any] = example_graphs()["joined"].model_dump(by_alias=True, exclude_none=True)
        for node in document["nodes"]:
            node.pop("filters", None)
        both = read_graph(document)
        answer, _, trace = through(parts, PRICE, both)
        assert "5,000 won" in answer.text
        assert {"prices", "rules"} <= {node.node for node in trace}
        passages = answer.findings.documents
        assert passages is not None
        chunks = [passage.chunk_id for passage in passages.found.passages]
        assert len(chunks) == len(set(chunks)), "what both found stands there once"

    def test_filters_keep_others_out(self, parts: AnswerComponents) -> None:
        answer, _, _ = through(parts, PRICE, example_graphs()["joined"])
        assert not answer.answered, "no document of the help is called prices.pdf"


class TestWithAModel:
    def test_its_node_has_instructions_of_its_own(self, parts: AnswerComponents, server: OpenAIServer) -> None:
        graph = changed(example_graphs()["default"], "answer", instructions="Answer like a pirate.")
        server.will(says("documents"), says(GOOD))
        answer, events, _ = through(parts, PRICE, graph, server)
        assert (answer.by, answer.text) == ("model", GOOD)
        assert "Answer like a pirate." in server.prompts[-1][0]["content"]
        texts = [event for event in events if isinstance(event, TextShown)]
        assert len(texts) > 1, "it streams"
        assert isinstance(events[0], QuestionUnderstood)
        assert isinstance(events[-1], AnswerReady)

    def test_a_workflow_that_takes_too_long_is_ended(self, parts: AnswerComponents, server: OpenAIServer) -> None:
        server.will(says("documents"), Reply([GOOD, " More"], stall=1))
        hurried = replace(parts, limits=StageLimits(60, 60, 60, 60, workflow=2))
        with pytest.raises(FlowTimeoutError, match="longer than 2 s"):
            through(hurried, PRICE, example_graphs()["default"], server)
        assert server.hung_up.wait(30)
