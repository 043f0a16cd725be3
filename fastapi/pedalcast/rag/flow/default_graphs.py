"""Graphs that come along: the one every bot answers by that has none of its own, and two to begin with."""

from __future__ import annotations

from functools import cache
from typing import Any

from pedalcast.rag.flow.graph import Graph
from pedalcast.rag.flow.graph_check import read_graph

_DEFAULT: dict[str, Any] = {
    "version": 1,
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "route", "type": "route"},
        {"id": "rewrite", "type": "rewrite"},
        {"id": "documents", "type": "knowledge"},
        {"id": "live", "type": "live"},
        {"id": "answer", "type": "llm"},
        {"id": "end", "type": "end"},
    ],
    "edges": [
        {"from": "start", "to": "route"},
        {"from": "route", "to": "rewrite"},
        {"from": "rewrite", "to": "documents", "when": "documents"},
        {"from": "rewrite", "to": "live", "when": "live"},
        {"from": "rewrite", "to": "answer", "when": "neither"},
        {"from": "documents", "to": "answer"},
        {"from": "live", "to": "answer"},
        {"from": "answer", "to": "end"},
    ],
}
_STOCK: dict[str, Any] = {
    "version": 1,
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "route", "type": "route"},
        {"id": "stock", "type": "live"},
        {"id": "enough", "type": "condition", "node": "stock", "field": "bikes", "operator": "at_least", "value": 3},
        {"id": "go", "type": "template", "text": "Go: {stock.station} has {stock.bikes} bikes."},
        {"id": "rules", "type": "knowledge"},
        {"id": "answer", "type": "llm", "instructions": "Say what to do when a station has too few bikes."},
        {"id": "end", "type": "end"},
    ],
    "edges": [
        {"from": "start", "to": "route"},
        {"from": "route", "to": "stock"},
        {"from": "stock", "to": "enough"},
        {"from": "enough", "to": "go", "when": "yes"},
        {"from": "enough", "to": "rules", "when": "no"},
        {"from": "rules", "to": "answer"},
        {"from": "go", "to": "end"},
        {"from": "answer", "to": "end"},
    ],
}
_JOINED: dict[str, Any] = {
    "version": 1,
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "route", "type": "route"},
        {"id": "rewrite", "type": "rewrite"},
        {"id": "prices", "type": "knowledge", "passages": 4, "filters": {"file": "prices.pdf"}},
        {"id": "rules", "type": "knowledge", "passages": 4, "filters": {"file": "rules.pdf"}},
        {"id": "answer", "type": "llm"},
        {"id": "end", "type": "end"},
    ],
    "edges": [
        {"from": "start", "to": "route"},
        {"from": "route", "to": "rewrite"},
        {"from": "rewrite", "to": "prices"},
        {"from": "rewrite", "to": "rules"},
        {"from": "prices", "to": "answer"},
        {"from": "rules", "to": "answer"},
        {"from": "answer", "to": "end"},
    ],
}


@cache
def default_graph() -> Graph:
    """Route, rewrite, documents and stations side by side, answer."""
    return read_graph(_DEFAULT)


@cache
def example_graphs() -> dict[str, Graph]:
    """Graphs by name: the default one, a condition on live stock, two knowledge nodes joined."""
    return {"default": default_graph(), "stock": read_graph(_STOCK), "joined": read_graph(_JOINED)}
