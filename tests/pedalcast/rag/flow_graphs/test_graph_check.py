"""Broken graphs, each with its fault at the node and the field where it lies; those that come along have none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from pedalcast.rag.flow.default_graphs import example_graphs
from pedalcast.rag.flow.graph import json_schema
from pedalcast.rag.flow.graph_check import GraphFault, GraphRefusedError, read_graph

Break = Callable[[dict[str, Any]], None]
STOCK: dict[str, Any] = example_graphs()["stock"].model_dump(by_alias=True, exclude_none=True)


def node(graph: dict[str, Any], name: str) -> dict[str, Any]:
    """A node of a graph."""
    return next(one for one in graph["nodes"] if one["id"] == name)


def edge(graph: dict[str, Any], source: str, target: str) -> dict[str, Any]:
    """An edge of a graph."""
    return next(one for one in graph["edges"] if (one["from"], one["to"]) == (source, target))


def put(name: str, **fields: object) -> Break:
    """Give a node other fields."""
    return lambda graph: node(graph, name).update(fields)


def turn(source: str, target: str, **fields: object) -> Break:
    """Give an edge other fields."""
    return lambda graph: edge(graph, source, target).update(fields)


def drop_edge(source: str, target: str) -> Break:
    """Take an edge away."""
    return lambda graph: graph["edges"].remove(edge(graph, source, target))


def add(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> Break:
    """Add nodes and edges."""

    def change(graph: dict[str, Any]) -> None:
        graph["nodes"] += nodes
        graph["edges"] += edges

    return change


def without(name: str) -> Break:
    """Take a node away and leave its edges."""
    return lambda graph: graph["nodes"].remove(node(graph, name))


BROKEN: dict[str, tuple[Break, tuple[str, str | None, str | None]]] = {
    "no start": (put("start", type="rewrite"), ("no_start", None, None)),
    "no end": (put("end", type="template", text="Bye"), ("no_end", None, None)),
    "two ends": (
        add([{"id": "end2", "type": "end"}], [{"from": "answer", "to": "end2"}]),
        ("second_end", "end2", "type"),
    ),
    "an id twice": (add([{"id": "go", "type": "live"}], []), ("duplicate_id", "go", "id")),
    "an edge to nowhere": (turn("rules", "answer", to="anwser"), ("unknown_node", "anwser", "to")),
    "an edge from nowhere": (without("rules"), ("unknown_node", "rules", "from")),
    "an edge twice": (add([], [{"from": "rules", "to": "answer"}]), ("duplicate_edge", "rules", "to")),
    "a circle": (add([], [{"from": "enough", "to": "route", "when": "no"}]), ("cycle", None, None)),
    "a node that no way leads to": (
        add([{"id": "more", "type": "knowledge"}], [{"from": "more", "to": "answer"}]),
        ("unreachable", "more", None),
    ),
    "a node that leads nowhere": (
        add([{"id": "more", "type": "knowledge"}], [{"from": "route", "to": "more"}]),
        ("dead_end", "more", None),
    ),
    "a condition without its no": (drop_edge("enough", "rules"), ("open_way", "enough", "when")),
    "a way out that the type has not": (
        turn("enough", "go", when="maybe"),
        ("unknown_way", "enough", "when"),
    ),
    "a way out where there is one only": (turn("go", "end", when="yes"), ("unknown_way", "go", "when")),
    "an end without a text": (add([], [{"from": "rules", "to": "end"}]), ("no_text", "rules", "to")),
    "something after the end": (add([], [{"from": "end", "to": "answer"}]), ("after_end", "end", "from")),
    "something before the start": (add([], [{"from": "go", "to": "start"}]), ("before_start", "start", "to")),
    "a condition on no node": (put("enough", node="stok"), ("unknown_reference", "enough", "node")),
    "a condition on a later node": (put("enough", node="answer", field="by"), ("not_before", "enough", "node")),
    "a condition on no field": (put("enough", field="wheels"), ("unknown_field", "enough", "field")),
    "more than a word": (put("enough", value="three"), ("wrong_type", "enough", "value")),
    "above a text": (put("enough", field="station"), ("wrong_type", "enough", "operator")),
    "a text for a truth": (
        put("enough", node="route", field="route", operator="contains", value=True),
        ("wrong_type", "enough", "value"),
    ),
    "a template of no field": (put("go", text="{stock.wheels} bikes"), ("unknown_field", "go", "text")),
    "a template of no node": (put("go", text="{price} won"), ("unknown_reference", "go", "text")),
    "nothing to answer from": (
        add([{"id": "early", "type": "llm"}], [{"from": "route", "to": "early"}, {"from": "early", "to": "end"}]),
        ("missing_input", "early", None),
    ),
    "a rewrite without a route": (put("route", type="rewrite"), ("missing_input", "route", None)),
    "a type that is none": (put("rules", type="search"), ("schema_union_tag_invalid", "rules", None)),
    "a field that is none": (put("rules", passage=3), ("schema_extra_forbidden", "rules", "passage")),
    "a field out of bounds": (put("rules", passages=99), ("schema_less_than_equal", "rules", "passages")),
    "a field that is missing": (
        lambda graph: node(graph, "enough").pop("operator"),
        ("schema_missing", "enough", "operator"),
    ),
    "an id that is none": (put("rules", id="The rules!"), ("schema_string_pattern_mismatch", "The rules!", "id")),
    "another version": (lambda graph: graph.update(version=2), ("schema_literal_error", None, "version")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_is_refused_with_node_and_field(name: str) -> None:
    break_it, (code, at, field) = BROKEN[name]
    graph = copy.deepcopy(STOCK)
    break_it(graph)
    with pytest.raises(GraphRefusedError) as refused:
        read_graph(graph)
    faults = {(fault.code, fault.node if at else None, fault.field) for fault in refused.value.faults}
    assert (code, at, field) in faults, refused.value.faults
    assert all(fault.message.endswith(".") for fault in refused.value.faults)


@pytest.mark.parametrize("document", [None, [], "graph", 7, {}, {"nodes": [], "edges": []}, {"nodes": "x", "edges": 3}])
def test_what_is_no_graph_is_refused(document: object) -> None:
    with pytest.raises(GraphRefusedError) as refused:
        read_graph(document)
    assert all(isinstance(fault, GraphFault) and fault.message for fault in refused.value.faults)


@pytest.mark.parametrize("name", ["default", "stock", "joined"])
def test_those_that_come_along_are_sound(name: str) -> None:
    document = example_graphs()[name].model_dump(by_alias=True, exclude_none=True)
    assert read_graph(document) == example_graphs()[name]
    jsonschema.Draft202012Validator(json_schema()).validate(document)
    assert {edge["from"] for edge in document["edges"]} <= {node["id"] for node in document["nodes"]}
