"""What the endpoints of workflows give."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from pedalcast.rag.flow.graph import Graph

Which = Literal["draft", "published"]


class WorkflowOut(BaseModel):
    """The graph that a bot answers by."""

    success: Literal[True] = True
    origin: Literal["default", "own"] = Field(description="whether it is the bot's own graph")
    which: Which
    version: int = Field(description="the version of the bot's settings that it stands in")
    graph: Graph


class WorkflowExamplesOut(BaseModel):
    """Graphs to begin with, by name."""

    success: Literal[True] = True
    data: dict[str, Graph]


class WorkflowSchemaOut(BaseModel):
    """The JSON Schema of a graph."""

    success: Literal[True] = True
    data: dict[str, Any]
