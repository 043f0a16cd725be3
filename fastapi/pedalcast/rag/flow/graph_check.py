"""What is wrong with a graph, each fault with the node and the field it lies in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pydantic import ValidationError

from pedalcast.rag.flow.graph import (
    FIELDS,
    WAYS_OUT,
    WRITES,
    ConditionNode,
    Edge,
    Graph,
    LlmNode,
    Node,
    RewriteNode,
    TemplateNode,
)

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NUMERIC = frozenset({"below", "at_most", "above", "at_least"})
_NUMBERS = frozenset({"score", "passages", "bikes", "docks", "ebikes"})
_TRUTHS = frozenset({"positioned", "rewritten", "answerable", "answered"})


@dataclass(frozen=True, slots=True)
class GraphFault:
    """`code` is stable; `node` and `field` are None where it lies in the graph as a whole."""

    code: str
    message: str
    node: str | None = None
    field: str | None = None


class GraphRefusedError(ValueError):
    """A graph that cannot be run, with all that is wrong with it."""

    def __init__(self, faults: Iterable[GraphFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in self.faults))


def read_graph(document: object) -> Graph:
    """The graph of a parsed JSON document. Raises `GraphRefusedError`."""
    try:
        graph = Graph.model_validate(document)
    except ValidationError as error:
        raise GraphRefusedError(_schema_fault(document, fault) for fault in error.errors(include_url=False)) from None
    return without_faults(graph)


def without_faults(graph: Graph) -> Graph:
    """The graph. Raises `GraphRefusedError`, which is a `ValueError`."""
    if faults := list(graph_faults(graph)):
        raise GraphRefusedError(faults)
    return graph


def too_many_nodes(count: int, limit: int) -> GraphFault:
    """The fault of a graph with more nodes than the operator allows."""
    return GraphFault("too_many_nodes", f"The graph has {count} nodes; {limit} are allowed here.", field="nodes")


def graph_faults(graph: Graph) -> Iterator[GraphFault]:
    """What is wrong beyond the form: names, ways, cycles, what nodes need of others."""
    found = list(_names(graph))
    yield from found
    if found:
        return  # the rest would only say the same again
    try:
        order = list(TopologicalSorter(_sources(graph)).static_order())
    except CycleError as error:
        cycle = [str(node) for node in error.args[1]][::-1]
        yield GraphFault("cycle", f"{' → '.join(cycle)} goes round in a circle.", cycle[0])
        return
    before = ancestors(graph, order)
    yield from _reach(graph, before)
    yield from _needs(graph, before)


def ancestors(graph: Graph, order: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each node, all nodes from which a way leads to it. `order` is topological."""
    before: dict[str, frozenset[str]] = {}
    for node in order:
        direct = [edge.source for edge in graph.edges if edge.target == node]
        before[node] = frozenset(direct).union(*(before[source] for source in direct))
    return before


def _sources(graph: Graph) -> dict[str, list[str]]:
    return {node.id: [edge.source for edge in graph.edges if edge.target == node.id] for node in graph.nodes}


def _schema_fault(document: object, fault: Mapping[str, Any]) -> GraphFault:
    """A fault of the form, at the node by its id where it has one."""
    place = list(fault["loc"])
    node: str | None = None
    if place[:1] == ["nodes"] and len(place) > 1 and isinstance(document, dict):
        listed = document.get("nodes")
        own = listed[place[1]] if isinstance(listed, list) and len(listed) > place[1] else None
        node = str(own["id"]) if isinstance(own, dict) and "id" in own else f"nodes[{place[1]}]"
        place = [part for part in place[2:] if part not in {*FIELDS, "condition", "end"}]
    field = ".".join(map(str, place)) or None
    return GraphFault(f"schema_{fault['type']}", f"{fault['msg']}.", node, field)


def _names(graph: Graph) -> Iterator[GraphFault]:
    """Ids that come twice, starts and ends that are missing or too many; then the edges."""
    for name, times in Counter(node.id for node in graph.nodes).items():
        if times > 1:
            yield GraphFault("duplicate_id", f"{times} nodes have the id {name!r}.", name, "id")
    nodes = graph.by_id()
    for kind in ("start", "end"):
        own = [node.id for node in graph.nodes if node.type == kind]
        if not own:
            yield GraphFault(f"no_{kind}", f"A workflow needs one node of the type {kind!r}; there is none.")
        for name in own[1:]:
            yield GraphFault(f"second_{kind}", f"A workflow has one node of the type {kind!r} only.", name, "type")
    yield from _edges(graph, nodes)


def _edges(graph: Graph, nodes: Mapping[str, Node]) -> Iterator[GraphFault]:
    """Edges to nowhere, that a node does not have, or that stand there twice."""
    for edge in graph.edges:
        for end, name in (("from", edge.source), ("to", edge.target)):
            if name not in nodes:
                yield GraphFault("unknown_node", f"An edge goes {end} {name!r}, which is no node.", name, end)
        if edge.source in nodes and edge.target in nodes:
            yield from _edge(edge, nodes[edge.source], nodes[edge.target])
    for (source, target, when), times in Counter((e.source, e.target, e.when) for e in graph.edges).items():
        if times > 1:
            way = f" when {when!r}" if when else ""
            yield GraphFault("duplicate_edge", f"The edge to {target!r}{way} stands there {times} times.", source, "to")


def _edge(edge: Edge, source: Node, target: Node) -> Iterator[GraphFault]:
    if source.type == "end":
        yield GraphFault("after_end", "Nothing comes after the end.", source.id, "from")
    if target.type == "start":
        yield GraphFault("before_start", "Nothing comes before the start.", target.id, "to")
    ways = WAYS_OUT.get(source.type, frozenset())
    if edge.when is not None and edge.when not in ways:
        possible = f"one of {', '.join(sorted(ways))}" if ways else "not to be given"
        message = f"The way out {edge.when!r} to {edge.target!r}: for the type {source.type!r} it is {possible}."
        yield GraphFault("unknown_way", message, source.id, "when")
    if target.type == "end" and source.type not in WRITES:
        message = f"{source.id!r} has no text to end with: put a node of the type llm or template between."
        yield GraphFault("no_text", message, source.id, "to")


def _reach(graph: Graph, before: Mapping[str, frozenset[str]]) -> Iterator[GraphFault]:
    """Nodes that no way leads to, or from which none leads on; conditions with one way out only."""
    nodes = graph.by_id()
    start = next(node.id for node in graph.nodes if node.type == "start")
    end = next(node.id for node in graph.nodes if node.type == "end")
    for node in graph.nodes:
        if node.id != start and start not in before[node.id]:
            yield GraphFault("unreachable", f"No way leads from the start to {node.id!r}.", node.id)
        elif node.id != end and node.id not in before[end]:
            yield GraphFault("dead_end", f"No way leads from {node.id!r} to the end.", node.id)
    for name, node in nodes.items():
        taken = {edge.when for edge in graph.edges if edge.source == name}
        if isinstance(node, ConditionNode) or (None not in taken and taken):
            for way in sorted(WAYS_OUT.get(node.type, frozenset()) - taken):
                message = f"{name!r} may end in {way!r}, for which there is no edge."
                yield GraphFault("open_way", message, name, "when")


def _needs(graph: Graph, before: Mapping[str, frozenset[str]]) -> Iterator[GraphFault]:
    """What nodes need of those before them."""
    nodes = graph.by_id()
    for node in graph.nodes:
        types = {nodes[name].type for name in before[node.id]}
        if isinstance(node, LlmNode) and not types & {"knowledge", "live"}:
            yield GraphFault(
                "missing_input", f"{node.id!r} has nothing to answer from: no knowledge or live node before.", node.id
            )
        if isinstance(node, RewriteNode) and "route" not in types:
            yield GraphFault("missing_input", f"{node.id!r} needs a route node before it.", node.id)
        if isinstance(node, ConditionNode):
            yield from _reference(_Reference(node.id, node.node, node.field), nodes, before)
            yield from _comparison(node)
        if isinstance(node, TemplateNode):
            for said in PLACEHOLDER.findall(node.text):
                name, _, field = said.partition(".")
                yield from _reference(_Reference(node.id, name, field, in_text=True), nodes, before)


@dataclass(frozen=True, slots=True)
class _Reference:
    """`owner` reads `field` of the node `name`, in its text or in fields of its own."""

    owner: str
    name: str
    field: str
    in_text: bool = False


def _reference(
    read: _Reference, nodes: Mapping[str, Node], before: Mapping[str, frozenset[str]]
) -> Iterator[GraphFault]:
    at_node, at_field = ("text", "text") if read.in_text else ("node", "field")
    if read.name not in nodes:
        message = f"{read.owner!r} reads {read.name!r}, which is no node."
        yield GraphFault("unknown_reference", message, read.owner, at_node)
    elif read.name not in before[read.owner]:
        message = f"{read.owner!r} reads {read.name!r}, which does not come before it."
        yield GraphFault("not_before", message, read.owner, at_node)
    elif read.field not in (known := FIELDS.get(nodes[read.name].type, frozenset())):
        has = f"its fields are {', '.join(sorted(known))}" if known else "it has no fields"
        message = f"{read.owner!r} reads {read.field!r} of {read.name!r}: {has}."
        yield GraphFault("unknown_field", message, read.owner, at_field)


def _comparison(node: ConditionNode) -> Iterator[GraphFault]:
    number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
    if node.operator in _NUMERIC and not (number and node.field in _NUMBERS):
        message = f"{node.operator!r} compares numbers: {node.field!r} with {node.value!r} are none."
        yield GraphFault("wrong_type", message, node.id, "value" if node.field in _NUMBERS else "operator")
    elif node.operator == "contains" and not isinstance(node.value, str):
        yield GraphFault("wrong_type", f"'contains' looks for a text, not for {node.value!r}.", node.id, "value")
    elif node.field in _TRUTHS and not isinstance(node.value, bool):
        yield GraphFault("wrong_type", f"{node.field!r} is true or false, not {node.value!r}.", node.id, "value")
    elif node.operator != "contains" and node.field in _NUMBERS and not number:
        yield GraphFault("wrong_type", f"{node.field!r} is a number, not {node.value!r}.", node.id, "value")
