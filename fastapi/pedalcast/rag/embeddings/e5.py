"""multilingual-e5-small for Korean and across languages, on ONNX Runtime with one thread a text."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr
from tokenizers import Tokenizer, models, pre_tokenizers

from pedalcast.rag.embeddings import bert_graph
from pedalcast.rag.embeddings.base import Vector, one_thread_session, unit_length
from pedalcast.rag.embeddings.e5_weights import LAYERS, PACKAGE, E5Weights

_LONGEST = 512  # tokens the model was made for; the rest of a text is not seen
_BUILDING = Lock()
_THREADS = 2  # of an ingest; a question takes one


class E5Embedding(BaseEmbedding):
    """384 dimensions, mean of the tokens, questions and passages told apart as in the model's training.

    The graph is built once (8 s) and kept in `folder`; the word vectors stay in the wheel's file, which is mapped. All
    is loaded at the first text: a service whose riders write no Korean does not pay for it.

    >>> model = E5Embedding(folder / "models")
    >>> question = model.get_query_embedding("자전거를 어디에 반납하나요?")
    >>> near, far = model.get_text_embedding_batch(["Bikes are returned to any dock.", "The moon is far away."])
    >>> bool(model.similarity(question, near) > model.similarity(question, far))
    True
    """

    _folder: Path = PrivateAttr()

    def __init__(self, folder: Path) -> None:
        super().__init__(model_name=f"e5-small-int8-{version(PACKAGE)}")
        self._folder = folder

    def embed(self, texts: list[str]) -> list[Vector]:
        """The vectors of texts that begin with "query: " or "passage: ", at most two at a time.

        Each text is a run of its own: the int8 scales are those of a whole run, so in a batch a vector would depend on
        its neighbours.
        """
        _tokenizer()  # loaded once, before two threads ask for it
        if len(texts) < _THREADS:
            return [self._run(text) for text in texts]
        with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1), "e5") as workers:
            return list(workers.map(self._run, texts))

    def _run(self, text: str) -> Vector:
        ids = self._ids(text)
        feed = {"words": _weights().words(ids)[None], "mask": np.ones((1, len(ids)), np.int64)}
        (states,) = _session(self._folder / f"{self.model_name}.onnx").run(None, feed)
        return unit_length(states[0].mean(axis=0))

    def _ids(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        weights = _weights()
        plain = re.sub(" {2,}", " ", text.translate(weights.replacements))
        tokens = _tokenizer().encode(plain, add_special_tokens=False).ids[: _LONGEST - 2]
        return np.array([weights.bos, *tokens, weights.eos], np.int64)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._floats([f"query: {query}"])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._floats([f"passage: {text}"])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._floats([f"passage: {text}" for text in texts])

    def _floats(self, texts: list[str]) -> list[list[float]]:
        return [vector.tolist() for vector in self.embed(texts)]


@cache
def _weights() -> E5Weights:
    return E5Weights()


@cache
def _tokenizer() -> Tokenizer:
    """Unigram with a mark for the space in front of every word; 250,000 pieces, one for the process."""
    weights = _weights()
    tokenizer = Tokenizer(models.Unigram(weights.pieces(), weights.unk, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    return tokenizer


@lru_cache(maxsize=2)
def _session(graph: Path) -> ort.InferenceSession:
    """The graph ready to run, built where it is not there."""
    with _BUILDING:
        if not graph.exists():
            bert_graph.build(_weights().layers(), graph, LAYERS)
    return one_thread_session(graph)
