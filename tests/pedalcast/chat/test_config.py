"""The chatbot's parts get what the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedalcast.chat.config import rag_config
from pedalcast.chat.factory import check
from pedalcast.rag.config import RagConfig
from pedalcast.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_settings_everything_is_local() -> None:
    settings = load_settings()
    assert rag_config(settings) == RagConfig(settings.data_dir / "rag", database_url="sqlite:///.data/pedalcast.db")


def test_pgvector_needs_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VECTOR_STORE", "pgvector")
    with pytest.raises(SettingsError, match="VECTOR_STORE"):
        rag_config(load_settings())
    monkeypatch.setenv("DATABASE_URL", "postgresql://rider:secret@db/pedalcast")
    config = rag_config(load_settings())
    assert (config.vector_store, config.database_url) == (
        "pgvector", "postgresql+psycopg://rider:secret@db/pedalcast",
    )  # fmt: skip
    assert "secret" not in repr(config)


def test_every_setting_reaches_retrieval(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "QDRANT_URL": "http://qdrant:6333",
        "QDRANT_API_KEY": "key of qdrant",
        "EMBEDDINGS_KO": "openai-like",
        "EMBEDDINGS_EN": "bedrock",
        "EMBEDDINGS_MODEL": "bge-m3",
        "EMBEDDINGS_BASE_URL": "http://models/v1",
        "EMBEDDINGS_API_KEY": "key of models",
        "EMBEDDINGS_REGION": "ap-northeast-2",
        "EMBEDDINGS_PATH": "/models/bge",
        "CROSS_ENCODER": "/models/reranker",
    }.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    config = rag_config(settings)
    assert (config.qdrant_url, config.qdrant_api_key) == ("http://qdrant:6333", "key of qdrant")
    assert config.embeddings == {"ko": "openai-like", "en": "bedrock"}
    assert config.embedding_options == {
        "model": "bge-m3",
        "url": "http://models/v1",
        "key": "key of models",
        "region": "ap-northeast-2",
        "path": "/models/bge",
    }
    assert config.cross_encoder == Path("/models/reranker")
    assert {"key of qdrant", "key of models"} <= set(settings.secrets)
    for shown in (repr(settings), repr(config)):
        assert "key of" not in shown


@pytest.mark.parametrize(
    ("name", "value", "missing"),
    [
        ("EMBEDDINGS_KO", "openai-like", "EMBEDDINGS_MODEL and EMBEDDINGS_BASE_URL"),
        ("EMBEDDINGS_EN", "gemini", "EMBEDDINGS_API_KEY"),
        ("EMBEDDINGS_KO", "huggingface", "EMBEDDINGS_PATH"),
    ],
)
def test_a_model_that_lacks_something_is_told_at_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, missing: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: {value} needs {missing}$"):
        check(load_settings())


def test_no_english_model_for_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDINGS_KO", "minilm")
    with pytest.raises(SettingsError, match=r"^EMBEDDINGS_KO: "):
        load_settings()
