"""The morpheme vectors inside Kiwi's own language model, read from its file.

Kiwi's model `cong.mdl` predicts the next morpheme from a context; each of its 70,488 morphemes has a 256-dimensional
output vector, kept as four-bit numbers. The layout, as Kiwi 0.21 and later write it: a 64-byte header (two uint64:
morphemes, contexts; uint16: dimensions; six uint8 of which the last two are bits and group size; five uint64 of which
the last is where the vectors begin); then every context's vector and three half floats; then every morpheme's vector.
A vector is half a byte per dimension, a half float, and a byte per group of eight: its low six bits plus 9 are the
group's scale, its high two bits plus 6 the zero point. `tests` hold this reading against Kiwi's own similarities.
"""

from __future__ import annotations

import struct
from importlib.metadata import version
from pathlib import Path

import kiwipiepy_model  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.embeddings.base import Vector, unit_length

_HEADER = struct.Struct("<QQH6B5Q")
_COMMON = 3  # directions shared by all morphemes, which say how frequent they are rather than what they mean


class LayoutError(RuntimeError):
    """Kiwi's model file is not laid out as this reader knows it."""


def load(folder: Path) -> Vector:
    """Unit vectors of all morphemes by their number, [morphemes, 256], memory-mapped; made once (2 s) in `folder`.

    The mean and the three strongest principal directions are taken out (Mu and Viswanath 2018, "All-but-the-Top").
    """
    target = folder / f"kiwi-{version('kiwipiepy_model')}.npy"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        scratch = target.with_suffix(".partial.npy")
        np.save(scratch, _without_common(read(Path(kiwipiepy_model.get_model_path()) / "cong.mdl")))
        scratch.replace(target)
    vectors: Vector = np.load(target, mmap_mode="r")
    return vectors


def read(model: Path) -> Vector:
    """The raw output vectors, up to a factor each: [morphemes, dimensions]."""
    raw = np.memmap(model, np.uint8, "r")
    morphemes, contexts, width, *rest = _HEADER.unpack(raw[: _HEADER.size].tobytes())
    bits, group, begin = rest[4], rest[5], rest[-1]
    if (bits, group) != (4, 8) or width % group:
        raise LayoutError(f"{model}: vectors of {bits} bits in groups of {group}; this reader knows 4 and 8")
    packed = width // 2 + 2 + width // group
    start = begin + contexts * (packed + 6)
    rows = np.array(raw[start : start + morphemes * packed]).reshape(morphemes, packed)
    return _unpack(rows, width, group)


def _unpack(rows: NDArray[np.uint8], width: int, group: int) -> Vector:
    values = np.empty((len(rows), width), np.float32)
    values[:, 0::2], values[:, 1::2] = rows[:, : width // 2] & 15, rows[:, : width // 2] >> 4
    scales = rows[:, width // 2 + 2 :]
    zero, scale = (scales >> 6) + np.float32(6), (scales & 63) + np.float32(9)
    return (values - np.repeat(zero, group, axis=1)) * np.repeat(scale, group, axis=1)


def _without_common(vectors: Vector) -> Vector:
    centred = unit_length(vectors) - unit_length(vectors).mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    common = directions[:, -_COMMON:]
    return unit_length(centred - (centred @ common) @ common.T)
