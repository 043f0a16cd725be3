"""Reads and changes the graphs of bots."""

from __future__ import annotations

from pedalcast.accounts.sessions.caller import Caller
from pedalcast.bots.bot_settings import BotSettings
from pedalcast.bots.errors import WorkflowRefusedError
from pedalcast.bots.schemas import BotChangeIn
from pedalcast.bots.service import BotService
from pedalcast.bots.workflows.schemas import Which, WorkflowOut
from pedalcast.rag.flow.default_graphs import default_graph
from pedalcast.rag.flow.graph import Graph
from pedalcast.rag.flow.graph_check import GraphRefusedError, read_graph


class WorkflowService:
    """Graphs are settings of bots: a change makes a draft, which answers when it is published."""

    def __init__(self, bots: BotService) -> None:
        self._bots = bots

    @property
    def max_nodes(self) -> int:
        """How many nodes a graph may have here."""
        return self._bots.max_nodes

    async def read(self, caller: Caller | None, bot_id: str, which: Which | None) -> WorkflowOut:
        """The graph of the version asked for, for others than its editors without what models are told.

        Raises as `BotService.shown_version` does.
        """
        listed = await self._bots.shown_version(caller, bot_id, which)
        graph = BotSettings.model_validate(listed.version.settings).workflow
        if graph is not None and not listed.writable:
            graph = _without_instructions(graph)
        shown = which or ("draft" if listed.writable else "published")
        return _shown(listed.version.number, graph, shown)

    async def draft(self, caller: Caller, bot_id: str) -> tuple[str, BotSettings]:
        """The bot's id and its newest settings, to try them. Raises as `writable` does."""
        version = await self._bots.version_of(caller, bot_id, "draft")
        return version.bot_id, BotSettings.model_validate(version.settings)

    async def change(self, caller: Caller, bot_id: str, document: object) -> WorkflowOut:
        """A new draft with this graph, None for the default one. Raises `WorkflowRefusedError`, and as `writable`."""
        await self._bots.writable(caller, bot_id)  # before anything is said of the graph
        graph = None if document is None else self.checked(document)
        listed = await self._bots.change(caller, bot_id, BotChangeIn.model_validate({"workflow": graph}))
        return _shown(listed.version.number, graph, "draft")

    def checked(self, document: object) -> Graph:
        """The graph of a parsed JSON document. Raises `WorkflowRefusedError`."""
        try:
            graph = read_graph(document)
        except GraphRefusedError as error:
            raise WorkflowRefusedError(error.faults) from None
        self._bots.admit(graph)
        return graph


def _without_instructions(graph: Graph) -> Graph:
    nodes = [node.model_copy(update={"instructions": ""}) if node.type == "llm" else node for node in graph.nodes]
    return graph.model_copy(update={"nodes": nodes})


def _shown(number: int, graph: Graph | None, which: Which) -> WorkflowOut:
    origin, shown = ("default", default_graph()) if graph is None else ("own", graph)
    return WorkflowOut.model_validate({"origin": origin, "which": which, "version": number, "graph": shown})
