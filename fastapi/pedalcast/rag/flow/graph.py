"""A workflow as JSON: nodes, each with the fields of its type, and edges between them. No code stands in it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pedalcast.rag.storage.document_filters import DocumentFilters

MAX_NODES, MAX_EDGES = 200, 600  # an operator may allow fewer nodes
NodeId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Comparison = Literal["equals", "differs", "below", "at_most", "above", "at_least", "contains"]
Operand = Annotated[str, StringConstraints(max_length=200)] | bool | int | float


class _Node(BaseModel):
    """What every node has."""

    model_config = ConfigDict(extra="forbid")

    id: NodeId = Field(description="its name in edges, conditions, templates and traces")


class StartNode(_Node):
    """The question as it was asked. Every graph has one."""

    type: Literal["start"]


class RouteNode(_Node):
    """Decides what the question is about; the ways out are `documents`, `live` and `neither`."""

    type: Literal["route"]


class RewriteNode(_Node):
    """Makes a follow-up a question that stands alone, and routes it again; the ways out are those of `route`."""

    type: Literal["rewrite"]


class KnowledgeNode(_Node):
    """Searches the bot's documents; the ways out are `answerable` and `unanswerable`."""

    type: Literal["knowledge"]
    passages: int | None = Field(None, ge=1, le=8, description="passages at most; without it as many as the bot's")
    min_score: float | None = Field(None, ge=0, le=1, description="how sure it must be; without it as the bot is")
    filters: dict[str, str] = Field(
        default_factory=dict, max_length=8, description="fields of the documents that have to match"
    )

    @property
    def wanted(self) -> DocumentFilters:
        """The filters as retrieval takes them."""
        return {field: frozenset({value}) for field, value in self.filters.items()}


class LiveNode(_Node):
    """Reads how stations stand; the ways out are `answered` and `unanswered`."""

    type: Literal["live"]
    station: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = Field(
        None, description="always this station, by name or number; without it those of the question"
    )


class LlmNode(_Node):
    """Answers from what was found before it: by the language model, without one by quoting."""

    type: Literal["llm"]
    instructions: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = Field(
        "", description="what the model is told beside the bot's own instructions"
    )


class ConditionNode(_Node):
    """Compares a field of an earlier node with a value; the ways out are `yes` and `no`. An unknown value is a no."""

    type: Literal["condition"]
    node: NodeId = Field(description="the earlier node")
    field: str = Field(description="a field of its result", min_length=1, max_length=40)
    operator: Comparison
    value: Operand


class TemplateNode(_Node):
    """A fixed text with fields of earlier nodes in it, written as `{node.field}`."""

    type: Literal["template"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class EndNode(_Node):
    """The answer: the texts of the nodes that lead here. Every graph has one."""

    type: Literal["end"]


Node = Annotated[
    StartNode | RouteNode | RewriteNode | KnowledgeNode | LiveNode | LlmNode | ConditionNode | TemplateNode | EndNode,
    Field(discriminator="type"),
]


class Edge(BaseModel):
    """A way from one node to another; with `when`, taken only where the node ended in that way out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, serialize_by_alias=True)

    source: NodeId = Field(alias="from")
    target: NodeId = Field(alias="to")
    when: str | None = Field(None, max_length=40)


_EXAMPLE: dict[str, Any] = {
    "version": 1,
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "documents", "type": "knowledge"},
        {"id": "answer", "type": "llm"},
        {"id": "end", "type": "end"},
    ],
    "edges": [
        {"from": "start", "to": "documents"},
        {"from": "documents", "to": "answer"},
        {"from": "answer", "to": "end"},
    ],
}


class Graph(BaseModel):
    """A bot's workflow. Nodes run as soon as all ways into them are decided, side by side where they can."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _EXAMPLE})

    version: Literal[1] = 1
    nodes: list[Node] = Field(min_length=3, max_length=MAX_NODES)
    edges: list[Edge] = Field(min_length=2, max_length=MAX_EDGES)

    def by_id(self) -> dict[str, Node]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}


SOURCES = frozenset({"documents", "live", "neither"})
WAYS_OUT: dict[str, frozenset[str]] = {
    "route": SOURCES,
    "rewrite": SOURCES,
    "knowledge": frozenset({"answerable", "unanswerable"}),
    "live": frozenset({"answered", "unanswered"}),
    "condition": frozenset({"yes", "no"}),
}
FIELDS: dict[str, frozenset[str]] = {
    "start": frozenset({"text", "positioned"}),
    "route": frozenset({"route", "language"}),
    "rewrite": frozenset({"route", "language", "text", "rewritten"}),
    "knowledge": frozenset({"answerable", "score", "passages", "title"}),
    "live": frozenset({"status", "station", "bikes", "docks", "ebikes"}),
    "llm": frozenset({"text", "by", "answered"}),
    "template": frozenset({"text"}),
}
WRITES = frozenset({"llm", "template"})


def json_schema(max_nodes: int = MAX_NODES) -> dict[str, Any]:
    """The JSON Schema of a graph of so many nodes."""
    schema = Graph.model_json_schema(by_alias=True) | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema["properties"]["nodes"]["maxItems"] = max_nodes
    return schema
