"""The chatbot's parts get what the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedalcast.chat.config import llm_config, rag_config, reasoning_config
from pedalcast.chat.factory import check
from pedalcast.rag.config import RagConfig
from pedalcast.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*Settings.model_fields, "anthropic_api_key", "openai_api_key", "google_api_key"):
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


def test_length_and_temperature_reach_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "LLM_PROVIDER": "ollama", "LLM_MODEL": "m", "LLM_TEMPERATURE": "0.7", "LLM_MAX_TOKENS": "2000",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    config = llm_config(load_settings())
    assert config is not None
    assert (config.temperature, config.max_tokens) == (0.7, 2000)


def test_no_english_model_for_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDINGS_KO", "minilm")
    with pytest.raises(SettingsError, match=r"^EMBEDDINGS_KO: "):
        load_settings()


ANSWERING = {"LLM_PROVIDER": "openai-like", "LLM_MODEL": "big", "LLM_API_KEY": "k", "LLM_BASE_URL": "http://gpu/v1"}


class TestReasoning:
    def test_is_the_answering_model_where_none_is_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _set(monkeypatch, ANSWERING)
        assert reasoning_config(load_settings()) is None

    def test_another_model_of_the_same_provider_takes_its_key_and_address(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _set(monkeypatch, {**ANSWERING, "REASONING_MODEL": "small"})
        config = reasoning_config(load_settings())
        assert config is not None
        assert (config.provider, config.model, config.base_url) == ("openai-like", "small", "http://gpu/v1")
        assert (config.api_key, config.temperature) == ("k", 0.0)

    def test_another_provider_gets_no_key_but_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        chosen = {"REASONING_PROVIDER": "anthropic", "REASONING_MODEL": "small"}
        _set(monkeypatch, {**ANSWERING, **chosen})
        config = reasoning_config(load_settings())
        assert config is not None
        assert (config.provider, config.model, config.api_key, config.base_url) == ("anthropic", "small", None, None)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "their own")
        config = reasoning_config(load_settings())
        assert config is not None
        assert config.api_key == "their own"

    @pytest.mark.parametrize(
        "environment",
        [
            {"REASONING_MODEL": "small"},
            {"REASONING_PROVIDER": "ollama", "REASONING_MODEL": "small"},
            {**ANSWERING, "REASONING_PROVIDER": "ollama"},
        ],
    )
    def test_half_of_it_is_refused(self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
        _set(monkeypatch, environment)
        with pytest.raises(SettingsError, match=r"must be set with .*REASONING_"):
            load_settings()


def _set(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
