"""What retrieval asks of an embedding model beyond LlamaIndex's interface: vectors of the words, where it has them."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class WordVectors(NamedTuple):
    """A text word by word: `spans` int [n, 2], offsets into the text; `vectors` float [n, width], of length 1; and
    `weights` float [n], how much each says."""

    spans: NDArray[np.int64]
    vectors: Vector
    weights: Vector

    def behind(self, offset: int) -> WordVectors:
        """The words that begin at or behind an offset, counted from there."""
        following = self.spans[:, 0] >= offset
        return WordVectors(self.spans[following] - offset, self.vectors[following], self.weights[following])

    def pack(self) -> bytes:
        """As bytes: spans in 16 bits, vectors in 8 bits with a 16-bit scale each."""
        scale = np.abs(self.vectors).max(axis=1, initial=1e-6, keepdims=True).astype(np.float16).astype(np.float32)
        small = np.round(self.vectors / scale * 127).clip(-127, 127).astype(np.int8)
        head = np.array([len(self.spans), self.vectors.shape[1]], np.uint32)
        arrays = (head, self.spans.clip(max=65_535).astype(np.uint16), scale.astype(np.float16), small)
        return b"".join(array.tobytes() for array in arrays)

    @staticmethod
    def unpack(blob: bytes) -> WordVectors:
        """What `pack` packed, to within the rounding; all weights are 1."""
        count, width = np.frombuffer(blob, np.uint32, 2).tolist()
        spans = np.frombuffer(blob, np.uint16, 2 * count, 8).reshape(count, 2).astype(np.int64)
        scale = np.frombuffer(blob, np.float16, count, 8 + 4 * count).astype(np.float32)
        vectors = np.frombuffer(blob, np.int8, count * width, 8 + 6 * count).reshape(count, width)
        wide = (vectors * (scale / 127)[:, None]).astype(np.float32)
        return WordVectors(spans, wide, np.ones(count, np.float32))


class EmbeddedText(NamedTuple):
    """A text's own vector, of length 1, and its words' vectors."""

    vector: Vector
    words: WordVectors


class WordEmbedding(BaseEmbedding):
    """An embedding model that also gives a vector for every word. `contextual` says whether that depends on the words
    around it, so that it has to be stored with the text.

    >>> from pedalcast.rag.embeddings.kiwi import KiwiEmbedding
    >>> [text] = KiwiEmbedding(folder / "models").embed(["자전거 반납"])
    >>> text.vector.shape, text.words.vectors.shape, text.words.spans.tolist()
    ((256,), (2, 256), [[0, 3], [4, 6]])
    """

    contextual: bool = True

    @abstractmethod
    def embed(self, texts: list[str]) -> list[EmbeddedText]:
        """The vectors of texts and of their words."""

    def _get_query_embedding(self, query: str) -> list[float]:
        return _floats(self.embed([query])[0])

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return _floats(self.embed([text])[0])

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [_floats(embedded) for embedded in self.embed(texts)]


def one_thread_session(graph: Path | bytes) -> ort.InferenceSession:
    """A graph in a file or in memory, ready to run on the calling thread alone."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(
        graph if isinstance(graph, bytes) else str(graph), options, providers=["CPUExecutionProvider"]
    )


def unit_length(values: NDArray[np.floating]) -> Vector:
    """Rows scaled to length 1; rows of nothing stay nothing."""
    scaled: Vector = (values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), 1e-9)).astype(np.float32)
    return scaled


def _floats(embedded: EmbeddedText) -> list[float]:
    values: list[float] = embedded.vector.tolist()
    return values
