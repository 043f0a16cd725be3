import re
from pathlib import Path

import pytest

from pedalcast.settings import Settings, SettingsError, load_settings
from pedalcast.settings_aliases import ALIASES, aliased, aliases_as_markdown

ROOT = Path(__file__).resolve().parents[2]
OPENAI = "https://api.openai.com/v1"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*Settings.model_fields, *(name for alias in ALIASES for name in alias.names)):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


class TestSettings:
    def test_take_them_from_the_environment_and_from_the_env_file(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / ".env").write_text("REDIS_HOST=file\nREDIS_DB=4\nWORKERS=3\n")
        monkeypatch.setenv("REDIS_HOST", "cache")
        monkeypatch.setenv("AWS_REGION", "ap-northeast-2")
        settings = load_settings()
        assert settings.redis_url is not None
        assert settings.redis_url.get_secret_value() == "redis://cache:6379/4"
        assert settings.processes == 3
        assert (settings.llm_region, settings.embeddings_region) == ("ap-northeast-2", "ap-northeast-2")

    def test_own_names_go_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {"WORKERS": "3", "PROCESSES": "2", "AWS_REGION": "a", "LLM_REGION": "b"}.items():
            monkeypatch.setenv(name, value)
        settings = load_settings()
        assert (settings.processes, settings.llm_region, settings.embeddings_region) == (2, "b", "a")

    def test_a_wrong_part_of_an_address_is_one_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REDIS_HOST", "cache")
        monkeypatch.setenv("REDIS_DB", "first")
        with pytest.raises(SettingsError, match=r"^REDIS_DB: it must be a number$"):
            load_settings()

    def test_a_key_from_an_alias_is_a_secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANTHROPIC_MODEL", "m")
        monkeypatch.setenv("ANTHROPIC_API_KEY", "abcd1234")
        settings = load_settings()
        assert "abcd1234" in settings.secrets
        assert "abcd1234" not in repr(settings)


class TestKeys:
    @pytest.mark.parametrize(
        ("environment", "values"),
        [
            ({"ANTHROPIC_API_KEY": "k"}, {}),
            ({"OPENAI_API_KEY": "k"}, {}),
            (
                {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_MODEL": "m"},
                {"llm_provider": "anthropic", "llm_model": "m", "llm_api_key": "k"},
            ),
            ({"ANTHROPIC_API_KEY": "k", "ANTHROPIC_MODEL": "m", "LLM_PROVIDER": "bedrock"}, {}),
            ({"OPENAI_API_KEY": "k", "LLM_PROVIDER": "openai-like", "LLM_BASE_URL": OPENAI}, {"llm_api_key": "k"}),
            ({"OPENAI_API_KEY": "k", "LLM_PROVIDER": "openai-like", "LLM_BASE_URL": "http://gpu:8000/v1"}, {}),
            ({"OPENAI_API_KEY": "k", "EMBEDDINGS_BASE_URL": OPENAI}, {"embeddings_api_key": "k"}),
            ({"GOOGLE_API_KEY": "k"}, {}),
            ({"GOOGLE_API_KEY": "k", "LLM_PROVIDER": "gemini"}, {"llm_api_key": "k"}),
            (
                {"GOOGLE_API_KEY": "k", "GENERATION_PROVIDER": "gemini"},
                {"llm_provider": "gemini", "llm_api_key": "k"},
            ),
            (
                {"GOOGLE_API_KEY": "k", "GENERATION_PROVIDER": "gemini", "LLM_PROVIDER": "ollama"},
                {"llm_provider": "gemini"},
            ),
            ({"EMBEDDING_PROVIDER": "bedrock"}, {"embeddings_ko": "bedrock", "embeddings_en": "bedrock"}),
        ],
    )
    def test_go_to_whom_they_belong(self, environment: dict[str, str], values: dict[str, str]) -> None:
        assert aliased(environment) == values


def test_readme_lists_them_as_the_command_prints_them() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = readme.split("<!-- aliases -->")[1].split("<!-- /aliases -->")[0]
    assert listed.strip() == aliases_as_markdown().strip()


def test_every_alias_stands_for_a_setting() -> None:
    fields = {name.upper() for name in Settings.model_fields}
    assert {alias.setting for alias in ALIASES} <= fields
    assert not {name for alias in ALIASES for name in alias.names} & fields
    assert all(re.fullmatch(r"[A-Z_]+", name) for alias in ALIASES for name in alias.names)
