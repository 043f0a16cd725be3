"""Drop passages that say the same as a better one."""

from __future__ import annotations

import numpy as np
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from pedalcast.rag.retrieval.candidates import chunk_of

_SAME = 0.9  # shared share of two passages' distinct terms


class Dedup(BaseNodePostprocessor):
    """Keeps the first of passages with nearly the same words, and at most `top` in all."""

    top: int

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        del query_bundle
        kept: list[NodeWithScore] = []
        seen: list[frozenset[int]] = []
        for node in nodes:
            keys = frozenset(np.unique(chunk_of(node).terms["key"]).tolist())
            if not any(_alike(keys, other) for other in seen):
                kept.append(node)
                seen.append(keys)
            if len(kept) == self.top:
                break
        return kept


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) >= _SAME * len(one | other)
