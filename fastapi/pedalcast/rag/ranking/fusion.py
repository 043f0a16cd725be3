"""Lexical and vector scores joined without fitted weights: words lead where they match, vectors where they do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from llama_index.core.schema import NodeWithScore

from forecaster.arrays import Doubles
from pedalcast.rag.ranking.signals import PASSAGE
from pedalcast.rag.text.chunk import Chunk

_BM25, _BIGRAMS, _DENSE, _MAXSIM = (PASSAGE.index(name) for name in ("bm25", "bigrams", "dense", "maxsim"))
_SMOOTHED = 60  # added to ranks before they are inverted, as is usual
_BY_WORD = 0.5  # what the word-by-word cosine counts beside the whole text's


def match_strength(passages: Doubles) -> float:
    """How much of the question the best lexical match holds: its BM25 over the sum of the question's idf, 0 to 1."""
    return min(1.0, 2 * float(passages[:, _BM25].max(initial=0.0)))  # the signal is halved


def fused_scores(passages: Doubles, off: frozenset[str] = frozenset()) -> Doubles:
    """The score of each candidate by its signals [candidates, len(PASSAGE)]: z-scores of its lexical match times the
    strength of the best one, plus the z-scores of its cosine, plus half of those of its cosine word by word.

    The lexical match is BM25 over the sum of the question's idf, plus the share of its character bigrams in Korean.
    `off` may switch the word-by-word cosine off ("maxsim"). Comparable within one question. [candidates]
    """
    lexical = 2 * passages[:, _BM25] + passages[:, _BIGRAMS]
    scores = match_strength(passages) * _standardised(lexical) + _standardised(passages[:, _DENSE])
    return scores if "maxsim" in off else scores + _BY_WORD * _standardised(passages[:, _MAXSIM])


def lent_scores(scores: Doubles, chunks: Sequence[Chunk]) -> Doubles:
    """The scores with each text's raised to that of its document's best paraphrase."""
    lent: dict[str, float] = {}
    for score, chunk in zip(scores.tolist(), chunks, strict=True):
        if chunk.is_paraphrase:
            lent[chunk.document] = max(score, lent.get(chunk.document, score))
    return np.array([max(score, lent.get(chunk.document, score)) for score, chunk in zip(scores, chunks, strict=True)])


def fused_ranks(rankings: Sequence[Sequence[NodeWithScore]]) -> list[NodeWithScore]:
    """Several rankings as one, by reciprocal ranks: the sum of 1 / (60 + rank). The first ranking's score of a
    candidate stays where it has one."""
    nodes: dict[str, NodeWithScore] = {}
    sums: dict[str, float] = {}
    for ranking in rankings:
        for rank, node in enumerate(ranking, 1):
            nodes.setdefault(node.node.node_id, node)
            sums[node.node.node_id] = sums.get(node.node.node_id, 0.0) + 1 / (_SMOOTHED + rank)
    return [nodes[uid] for uid in sorted(sums, key=lambda uid: (-sums[uid], uid))]


def _standardised(values: Doubles) -> Doubles:
    """Mean 0 and deviation 1; all 0 where they are all alike."""
    deviation = float(values.std()) if len(values) else 0.0
    standardised: Doubles = (values - values.mean()) / deviation if deviation > 1e-9 else np.zeros(len(values))
    return standardised
