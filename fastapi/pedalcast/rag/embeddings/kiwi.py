"""Korean without a download: sentence vectors from the morpheme vectors of Kiwi's language model."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import PrivateAttr

from pedalcast.rag.embeddings import kiwi_vectors
from pedalcast.rag.embeddings.base import EmbeddedText, Vector, WordEmbedding, WordVectors, unit_length
from pedalcast.rag.text.document_splitter import analyse
from pedalcast.rag.text.tokens import number

WIDTH = 256
_RARE = 8.0  # the weight of a word the model does not know


class KiwiEmbedding(WordEmbedding):
    """256 dimensions: a weighted mean of word vectors, which do not depend on their context.

    Kiwi numbers its morphemes by frequency, so a word's weight, the logarithm of its number, stands in for its idf and
    needs no corpus. Words the model does not know get a vector of hashed character n-grams: alike where the spelling
    is alike.
    """

    _vectors: Vector = PrivateAttr()

    def __init__(self, folder: Path) -> None:
        super().__init__(model_name="kiwi-cong-256-v1", contextual=False)
        self._vectors = kiwi_vectors.load(folder)

    def embed(self, texts: list[str]) -> list[EmbeddedText]:
        """The vectors of Korean texts and of their words."""
        return [self.embed_terms(text, analyse(text, "ko")) for text in texts]

    def embed_terms(self, text: str, terms: NDArray[np.void]) -> EmbeddedText:
        """The vector of a text whose terms (records of `TERM`) are known, and theirs."""
        words = self.words(text, terms)
        return EmbeddedText(unit_length(words.weights @ words.vectors), words)

    def words(self, text: str, terms: NDArray[np.void]) -> WordVectors:
        """The vector of every term."""
        has_vector = self._has_vector(terms)
        vectors = np.empty((len(terms), WIDTH), np.float32)
        vectors[has_vector] = self._vectors[terms["morpheme"][has_vector]]
        for i in np.flatnonzero(~has_vector):
            vectors[i] = _spelled(text[terms["start"][i] : terms["end"][i]].lower())
        spans = np.stack([terms["start"], terms["end"]], axis=1).astype(np.int64)
        return WordVectors(spans, vectors, self._weights(terms))

    def _weights(self, terms: NDArray[np.void]) -> Vector:
        """How much each term says: 0 for light words."""
        logs = np.log(np.maximum(terms["morpheme"], 1) / 50).clip(min=0.5)
        weights = np.where(self._has_vector(terms), logs, _RARE)
        weights[terms["light"]] = 0.0
        return weights.astype(np.float32)

    def _has_vector(self, terms: NDArray[np.void]) -> NDArray[np.bool_]:
        has_vector: NDArray[np.bool_] = (terms["morpheme"] >= 0) & (terms["morpheme"] < len(self._vectors))
        return has_vector


@lru_cache(maxsize=50_000)
def _spelled(key: str) -> Vector:
    """A vector of the word's character 2-, 3- and 4-grams, each a fixed random direction."""
    framed = f"<{key}>"
    grams = [framed[i : i + n] for n in (2, 3, 4) for i in range(len(framed) - n + 1)]
    return unit_length(np.sum([np.random.default_rng(number(g)).standard_normal(WIDTH) for g in grams], axis=0))
