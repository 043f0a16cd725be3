"""What a dry run takes and gives."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pedalcast.chat.schemas import ChatRequest, SourceOut


class DryRunIn(ChatRequest):
    """A question, and the graph to try; without one the bot's draft is tried."""

    model_config = ConfigDict(json_schema_extra={"example": {"question": "How many bikes are at Gaon Tower?"}})

    graph: dict[str, Any] | None = Field(None, description="a workflow that is not saved")


class NodeTraceOut(BaseModel):
    """How a node ran."""

    model_config = ConfigDict(from_attributes=True)

    node: str
    type: str
    milliseconds: float
    outcome: str = Field(description="the way out that it ended in, empty where there is one only")
    next: list[str] = Field(description="the nodes that it led to")


class DryRunOut(BaseModel):
    """The answer and the way to it, the nodes in the order in which they ended."""

    success: Literal[True] = True
    answer: str
    answered: bool
    sources: list[SourceOut]
    notes: list[str]
    trace: list[NodeTraceOut]
    milliseconds: float
