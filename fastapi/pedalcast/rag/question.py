"""A question worked out once: its terms and their weights, its vectors, the kind of answer it asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from llama_index.core.schema import QueryBundle
from numpy.typing import NDArray

from pedalcast.rag.asking import Asks
from pedalcast.rag.embeddings.base import Embedded


@dataclass
class Question(QueryBundle):
    """A LlamaIndex query that carries what the steps need to know of it.

    `keys` are its distinct terms that carry meaning, `idf` their weights in the bot's chunks; `order` all its terms as
    they stand; `local` its vectors by the built-in model of its language, `word_weights` the weights of `local.words`;
    `buckets` and `bucket_idf` its character bigrams (Korean only, else empty); `dense` its vector by the model that is
    searched with, `wider` that of its keywords; both None where that model did not
    answer, with the reason in `fault`.
    """

    lang: str = "en"
    bot: str = ""
    keys: NDArray[np.int64] = None  # type: ignore[assignment] # QueryBundle's fields have defaults, so must these
    idf: NDArray[np.float64] = None  # type: ignore[assignment]
    order: NDArray[np.int64] = None  # type: ignore[assignment]
    local: Embedded = None  # type: ignore[assignment]
    word_weights: NDArray[np.float32] = None  # type: ignore[assignment]
    buckets: NDArray[np.int64] = None  # type: ignore[assignment]
    bucket_idf: NDArray[np.float64] = None  # type: ignore[assignment]
    asks: Asks = Asks.OTHER
    dense: list[float] | None = None
    wider: list[float] | None = None
    fault: str | None = None
