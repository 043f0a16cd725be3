"""Runs a graph: each node as soon as all ways into it are decided, side by side where they can, each of them timed."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from graphlib import TopologicalSorter

from pedalcast.rag.answer.answer_events import AnswerReady, FlowEvent, QuestionUnderstood, TextShown
from pedalcast.rag.answer.answer_types import Answer, DocumentEvidence, Question, StepTime, Understanding
from pedalcast.rag.answer.composition import Show
from pedalcast.rag.flow.graph import (
    ConditionNode,
    EndNode,
    Graph,
    KnowledgeNode,
    LiveNode,
    LlmNode,
    Node,
    RewriteNode,
    RouteNode,
    StartNode,
    TemplateNode,
)
from pedalcast.rag.flow.graph_check import PLACEHOLDER, ancestors
from pedalcast.rag.flow.node_results import NodeResult, Upstream, Value, holds
from pedalcast.rag.flow.question_steps import QuestionSteps, Step
from pedalcast.rag.grounding.citations import Cited, cite
from pedalcast.rag.live.service import LiveAnswer

_MARKER = re.compile(r"\[(\d+)\]")


class FlowTimeoutError(Exception):
    """A workflow took longer than it may."""


@dataclass(frozen=True, slots=True)
class NodeTrace:
    """How a node ran: its milliseconds, the way out that it ended in, and the nodes it led to."""

    node: str
    type: str
    milliseconds: float
    outcome: str
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GraphPlan:
    """A graph made ready to run: its nodes, in topological order, and those before each."""

    graph: Graph
    nodes: Mapping[str, Node]
    before: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, graph: Graph) -> GraphPlan:
        """From a graph without faults."""
        sources = {n.id: [edge.source for edge in graph.edges if edge.target == n.id] for n in graph.nodes}
        order = list(TopologicalSorter(sources).static_order())
        nodes = graph.by_id()
        return cls(graph, {name: nodes[name] for name in order}, ancestors(graph, order))


@lru_cache(maxsize=64)
def plan_of(text: str) -> GraphPlan:
    """The plan of a graph by its JSON, which was checked when it was saved."""
    return GraphPlan.of(Graph.model_validate_json(text))


class GraphRun:
    """One question on its way through one graph. `emit` is called with what is to be shown, as it comes."""

    def __init__(self, plan: GraphPlan, steps: QuestionSteps, question: Question, emit: Callable[[FlowEvent], None]):
        self._plan = plan
        self._steps = steps
        self._question = question
        self._emit = emit
        self._results: dict[str, NodeResult] = {}  # in the order in which nodes ended
        self._ways: dict[tuple[str, str, str | None], bool] = {}  # decided edges: taken or not
        self._times: list[StepTime] = []
        self._notes: dict[str, None] = {}
        self.trace: list[NodeTrace] = []
        self._understood = False
        self._last_understanding = max(
            (name for name, node in plan.nodes.items() if isinstance(node, RouteNode | RewriteNode | StartNode)),
            key=list(plan.nodes).index,
        )

    async def answer(self, *, seconds: float | None = None) -> Answer:
        """Run it to its end. Raises `FlowTimeoutError` after so many `seconds`, `ProviderError` as the steps do."""
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                await self._all()
        except TimeoutError:
            if not limit.expired():  # not ours
                raise
            raise FlowTimeoutError(f"The workflow took longer than {seconds:g} s.") from None
        ended = next(name for name, node in self._plan.nodes.items() if isinstance(node, EndNode))
        result = self._results.get(ended)
        assert isinstance(result, Answer)  # noqa: S101 (a checked graph reaches its end)
        done = replace(result, steps=tuple(self._times), notes=tuple(self._notes))
        self._emit(AnswerReady(done))
        return done

    async def _all(self) -> None:
        waiting, running = dict(self._plan.nodes), dict[asyncio.Task[None], str]()
        try:
            while waiting or running:
                for name in [name for name in waiting if self._decided(name)]:
                    node = waiting.pop(name)
                    if self._reached(name):
                        running[asyncio.create_task(self._node(node))] = name
                    else:
                        self._leave(name, None)
                if any(self._decided(name) for name in waiting):
                    continue  # what was left out decides others
                if running:
                    done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        running.pop(task)
                        task.result()
        finally:
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running)

    def _decided(self, name: str) -> bool:
        """Whether all ways into a node are taken or not."""
        return all((e.source, e.target, e.when) in self._ways for e in self._plan.graph.edges if e.target == name)

    def _reached(self, name: str) -> bool:
        if isinstance(self._plan.nodes[name], StartNode):
            return True
        return any(self._ways[e.source, e.target, e.when] for e in self._plan.graph.edges if e.target == name)

    def _leave(self, name: str, outcome: frozenset[str] | None) -> tuple[str, ...]:
        """Decide the ways out of a node; those of one that did not run (None) are not taken. The nodes it leads to."""
        leads = []
        for edge in self._plan.graph.edges:
            if edge.source == name:
                taken = outcome is not None and (edge.when is None or edge.when in outcome)
                self._ways[edge.source, edge.target, edge.when] = taken
                leads += [edge.target] if taken else []
        return tuple(leads)

    async def _node(self, node: Node) -> None:
        before = self._plan.before[node.id]
        upstream = Upstream({name: result for name, result in self._results.items() if name in before})
        began = time.perf_counter()
        step = await self._step(node, upstream)
        milliseconds = round((time.perf_counter() - began) * 1e3, 2)
        self._results[node.id] = step.result
        self._notes |= dict.fromkeys(step.notes)
        if not isinstance(node, StartNode | EndNode):
            self._times += [{"step": name, "ms": round(s * 1e3, 2)} for name, s in step.parts.items()]
            self._times.append({"step": node.id, **step.detail, "ms": milliseconds})
        ways = _ways_out(step.result)
        leads = self._leave(node.id, ways)
        self.trace.append(NodeTrace(node.id, node.type, milliseconds, " ".join(sorted(ways)), leads))
        if node.id == self._last_understanding or isinstance(node, EndNode):
            self._tell_understanding(upstream if isinstance(node, EndNode) else Upstream(self._results))

    def _tell_understanding(self, upstream: Upstream) -> None:
        """Once: after the last node that understands, or where the graph went past that, at the end."""
        if not self._understood:
            self._understood = True
            self._emit(QuestionUnderstood(upstream.understanding))

    async def _step(self, node: Node, upstream: Upstream) -> Step[NodeResult]:  # noqa: PLR0911 (a return a type)
        """Run one node. The steps themselves stand in `QuestionSteps`."""
        steps = self._steps
        match node:
            case StartNode():
                return steps.start(self._question)
            case RouteNode():
                return await steps.route(upstream.understanding)
            case RewriteNode():
                return await steps.rewrite(upstream.understanding)
            case KnowledgeNode():
                known, filters = upstream.understanding, node.wanted
                return await steps.documents(known, passages=node.passages, min_score=node.min_score, filters=filters)
            case LiveNode():
                return await steps.live(upstream.understanding, station=node.station)
            case LlmNode():
                show: Show = self._emit
                return await steps.answer(upstream.findings, show, instructions=node.instructions)
            case ConditionNode():
                return Step(holds(node, upstream.value(node.node, node.field)))
            case TemplateNode():
                answer = _filled(node, upstream)
                self._emit(TextShown(text=answer.text))
                return Step(answer)
            case EndNode():
                return Step(self._end(upstream))

    def _end(self, upstream: Upstream) -> Answer:
        """One answer of the texts that lead here."""
        leading = [e.source for e in self._plan.graph.edges if isinstance(self._plan.nodes[e.target], EndNode)]
        ended = [result for name, result in upstream.results.items() if name in leading]
        answers = [answer for answer in ended if isinstance(answer, Answer)]
        joined = answers[0]
        for answer in answers[1:]:
            joined = _after(joined, answer)
        return joined


def _ways_out(result: NodeResult) -> frozenset[str]:
    """The ways out in which a node with this result ends."""
    match result:
        case Understanding():
            routing = result.routing
            ways = {"documents": routing.documents, "live": routing.live}
            return frozenset(way for way, taken in ways.items() if taken) or frozenset({"neither"})
        case bool():
            return frozenset({"yes" if result else "no"})
        case Answer():
            return frozenset({"answered"} if result.answered else {"unanswered"})
        case LiveAnswer():
            return frozenset({"answered" if result.status == "answered" else "unanswered"})
        case DocumentEvidence() if result.answerable:
            return frozenset({"answerable"})
        case _:
            return frozenset({"unanswerable"})


def _filled(node: TemplateNode, upstream: Upstream) -> Answer:
    """The template's text; where it tells of a station, with that as its source. Not an answer where a value lacks."""
    values = {said: upstream.value(*said.split(".", 1)) for said in PLACEHOLDER.findall(node.text)}
    text = PLACEHOLDER.sub(lambda match: _written(values[match[1]]), node.text)
    sources: list[Cited] = []
    for name in dict.fromkeys(said.split(".", 1)[0] for said in values):
        result = upstream.results.get(name)
        if isinstance(result, LiveAnswer) and result.evidence:
            whole = (0, len(result.evidence[0].passage.text))
            text += f" [{cite(sources, result.evidence[0], whole).number}]"
    answered = None not in values.values()
    return Answer(text, tuple(sources), (), "template", answered=answered, findings=upstream.findings)


def _written(value: Value) -> str:
    return "?" if value is None else str(value)


def _after(first: Answer, second: Answer) -> Answer:
    """Two answers as one; the second's sources are numbered on from the first's."""
    shift = max((source.number for source in first.sources), default=0)
    text = _MARKER.sub(lambda match: f"[{int(match[1]) + shift}]", second.text) if shift else second.text
    moved = tuple(replace(source, number=source.number + shift) for source in second.sources)
    return replace(
        first,
        text=f"{first.text}\n\n{text}",
        sources=(*first.sources, *moved),
        flags=(*first.flags, *second.flags),
        by="+".join(dict.fromkeys((first.by, second.by))),
        answered=first.answered or second.answered,
        fallback=first.fallback or second.fallback,
    )
