"""A question worked out once: its terms and their weights, its vectors, the kind of answer it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from llama_index.core.schema import QueryBundle
from numpy.typing import NDArray

from pedalcast.rag.embeddings.base import EmbeddedText
from pedalcast.rag.text.answer_type import AnswerType


@dataclass(frozen=True, slots=True)
class ParaphraseSupport:
    """What speaks for one document: `best_signals` [passage signals] the best of each signal over its paraphrases, 0
    without any; `near` [words] the cosine of each of the question's words with the nearest word of its texts and
    paraphrases; `held` [keys] which of the question's terms one of them has."""

    best_signals: NDArray[np.float64]
    near: NDArray[np.float64]
    held: NDArray[np.bool_]


@dataclass(kw_only=True)
class PreparedQuery(QueryBundle):
    """A LlamaIndex query that carries what the steps need to know of it.

    `keys` are its distinct terms that carry meaning, `idf` their weights in the bot's chunks; `order` all its terms as
    they stand; `local` its vectors by the built-in model of its language, `word_weights` the weights of `local.words`;
    `buckets` and `bucket_idf` its character bigrams (Korean only, else empty); `dense` its vector by the model that is
    searched with, `wider` that of its keywords; both None where that model did not
    answer, with the reason in `fault`. `support`, by document, is what the reranker has found to speak for it where
    documents come with paraphrases.
    """

    lang: str
    bot: str
    keys: NDArray[np.int64]
    idf: NDArray[np.float64]
    order: NDArray[np.int64]
    local: EmbeddedText
    word_weights: NDArray[np.float32]
    buckets: NDArray[np.int64]
    bucket_idf: NDArray[np.float64]
    asks: AnswerType = AnswerType.OTHER
    dense: list[float] | None = None
    wider: list[float] | None = None
    fault: str | None = None
    support: dict[str, ParaphraseSupport] = field(default_factory=dict)
