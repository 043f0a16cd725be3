"""The reading of Kiwi's model file against Kiwi's own similarities."""

from __future__ import annotations

from pathlib import Path

import kiwipiepy_model
import numpy as np
import pytest

from pedalcast.rag.embeddings import kiwi_vectors
from pedalcast.rag.embeddings.base import unit_length
from pedalcast.rag.text.tokens import kiwi


def test_similarities_are_kiwis() -> None:
    vectors = unit_length(kiwi_vectors.read(Path(kiwipiepy_model.get_model_path()) / "cong.mdl"))
    pairs = np.random.default_rng(0).integers(200, 20_000, size=(60, 2))
    own = [kiwi().morpheme_similarity(int(a), int(b)) for a, b in pairs]
    read = [float(vectors[a] @ vectors[b]) for a, b in pairs]
    assert read == pytest.approx(own, abs=0.01)


def test_another_layout_is_refused(tmp_path: Path) -> None:
    strange = tmp_path / "cong.mdl"
    strange.write_bytes((70_488).to_bytes(8, "little") + (5).to_bytes(8, "little") + bytes([0, 1]) + bytes(60))
    with pytest.raises(kiwi_vectors.LayoutError, match="0 bits"):
        kiwi_vectors.read(strange)
