"""Questions through graphs: what happens on the way, as it happens, and the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from pedalcast.rag.answer.answer_events import FlowEvent
from pedalcast.rag.answer.answer_types import Answer, AnswerComponents, Question
from pedalcast.rag.flow.default_graphs import default_graph
from pedalcast.rag.flow.graph import Graph
from pedalcast.rag.flow.graph_run import GraphPlan, GraphRun, NodeTrace, plan_of
from pedalcast.rag.flow.question_steps import QuestionSteps

SIDE_BY_SIDE = 2  # questions; each further one only waits for the interpreter, and all else waits with it


class FlowRun:
    """A question under way. It runs whether or not its events are read; `aclose` ends it."""

    def __init__(self, plan: GraphPlan, steps: QuestionSteps, question: Question, seconds: float | None) -> None:
        self._events: asyncio.Queue[FlowEvent | None] = asyncio.Queue()
        self._run = GraphRun(plan, steps, question, self._events.put_nowait)
        self._task = asyncio.create_task(self._run.answer(seconds=seconds))
        self._task.add_done_callback(lambda _: self._events.put_nowait(None))

    @property
    def trace(self) -> tuple[NodeTrace, ...]:
        """How the nodes ran, in the order in which they ended."""
        return tuple(self._run.trace)

    async def events(self) -> AsyncGenerator[FlowEvent, None]:
        """What happens, the answer last. Raises `FlowTimeoutError` and `ProviderError`."""
        while (event := await self._events.get()) is not None:
            yield event
        self._task.result()

    async def answer(self) -> Answer:
        """The answer. Raises as `events` does."""
        return await self._task

    async def aclose(self) -> None:
        """End it, and wait until it has let go of everything."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait({self._task})


class QuestionFlow:
    """One a process; runs share the parts and the bound on how many are worked at side by side."""

    def __init__(self, parts: AnswerComponents, work: asyncio.Semaphore | None = None) -> None:
        self.work = work or asyncio.Semaphore(SIDE_BY_SIDE)
        self._steps = QuestionSteps(parts, self.work)
        self._seconds = parts.limits.workflow
        self._default = GraphPlan.of(default_graph())

    def start(self, question: Question, graph: Graph | None = None) -> FlowRun:
        """Begin to answer by a bot's own graph, which has a time limit, or by the default one, whose stages have."""
        if graph is None:
            return FlowRun(self._default, self._steps, question, None)
        return FlowRun(plan_of(graph.model_dump_json(by_alias=True)), self._steps, question, self._seconds)
