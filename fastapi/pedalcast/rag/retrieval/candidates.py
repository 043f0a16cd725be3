"""Candidates between the steps: LlamaIndex nodes that carry their chunk and what each leg found."""

from __future__ import annotations

from llama_index.core.schema import NodeWithScore, TextNode
from pydantic import PrivateAttr

from pedalcast.rag.text.chunk import Chunk


class ChunkNode(TextNode):
    """A chunk as a node. Its id is the chunk's `uid`."""

    _chunk: Chunk = PrivateAttr()

    @classmethod
    def of(cls, chunk: Chunk) -> ChunkNode:
        """The node of a chunk."""
        node = cls(id_=chunk.uid, text=chunk.text)
        node._chunk = chunk
        return node

    @property
    def chunk(self) -> Chunk:
        """The chunk itself."""
        return self._chunk


def chunk_of(found: NodeWithScore) -> Chunk:
    """The chunk of a candidate."""
    if not isinstance(found.node, ChunkNode):
        raise TypeError(f"{type(found.node).__name__} carries no chunk")
    return found.node.chunk


def candidate_nodes(chunks: dict[str, Chunk], scores: dict[str, float]) -> list[NodeWithScore]:
    """Candidates by uid, best first."""
    best = sorted((uid for uid in scores if uid in chunks), key=lambda uid: (-scores[uid], uid))
    return [NodeWithScore(node=ChunkNode.of(chunks[uid]), score=scores[uid]) for uid in best]
