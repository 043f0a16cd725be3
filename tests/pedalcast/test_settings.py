from datetime import timedelta
from pathlib import Path

import pytest

from collector.storage.redis_client import ADDRESSES
from pedalcast.settings import Settings, SettingsError, as_env, as_markdown, iso, load_settings

PRODUCTION = {
    "ENVIRONMENT": "production",
    "REDIS_URL": "redis://redis:6379/0",
    "S3_BUCKET": "bikes",
    "ADMIN_TOKEN": "b6f0c2b0a8f14d0fa5a7",
    "JWT_SECRET_KEY": "5c1e9b7a3f2d4c6e8a0b1d3f5e7c9a2b",
}


FIRST_MODEL = {"LLM_PROVIDER": "openai-like", "LLM_MODEL": "first", "LLM_BASE_URL": "http://127.0.0.1:1/v1"}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def _set(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


class TestMlflow:
    @pytest.mark.parametrize("address", ["file:///runs", "mlflow.example.com", "http://name:word@mlflow.example.com"])
    def test_refuses_what_is_no_server_or_holds_a_password(self, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
        _set(monkeypatch, {"MLFLOW_TRACKING_URI": address})
        with pytest.raises(SettingsError, match="MLFLOW_TRACKING_URI") as error:
            load_settings()
        assert "word" not in str(error.value).replace("password", "").replace("PASSWORD", "")

    def test_takes_a_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _set(monkeypatch, {"MLFLOW_TRACKING_URI": "https://mlflow.example.com/"})
        assert load_settings().mlflow_tracking_uri == "https://mlflow.example.com/"


class TestPageMap:
    def test_takes_a_template_or_an_archive(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for address in ("https://tiles.example/{z}/{x}/{y}.png?key=1", "/maps/city.pmtiles?v=2"):
            _set(monkeypatch, {"PAGE_MAP": address})
            assert load_settings().page_map == address

    def test_refuses_what_is_neither(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _set(monkeypatch, {"PAGE_MAP": "https://tiles.example/style.json"})
        with pytest.raises(SettingsError, match="PAGE_MAP"):
            load_settings()


class TestProduction:
    def test_starts_with_everything_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _set(monkeypatch, PRODUCTION)
        assert load_settings().environment == "production"

    @pytest.mark.parametrize("name", ["REDIS_URL", "S3_BUCKET", "ADMIN_TOKEN", "JWT_SECRET_KEY"])
    def test_refuses_when_something_is_missing(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        _set(monkeypatch, {key: value for key, value in PRODUCTION.items() if key != name})
        with pytest.raises(SettingsError, match=f"{name} must be set in production") as caught:
            load_settings()
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        "token", ["change-me", "admin", "short", "aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "abcdefghabcdefgh"]
    )
    def test_refuses_a_default_or_short_token_and_does_not_repeat_it(
        self, monkeypatch: pytest.MonkeyPatch, token: str
    ) -> None:
        _set(monkeypatch, PRODUCTION | {"ADMIN_TOKEN": token, "S3_BUCKET": "b"})
        with pytest.raises(SettingsError, match="ADMIN_TOKEN") as caught:
            load_settings()
        assert token not in str(caught.value).replace("ADMIN_TOKEN", "")


class TestLoad:
    def test_a_bad_value_is_one_line_with_its_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORT", "eight thousand")
        with pytest.raises(SettingsError, match=r"^PORT: "):
            load_settings()

    @pytest.mark.parametrize(
        "address", ["localhost:6379", "redis://:hunter2/x@redis:6379/0", "redis://[::1", "redis+sentinel://h:1"]
    )
    def test_an_address_that_is_none_is_not_repeated(self, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
        monkeypatch.setenv("REDIS_URL", address)
        with pytest.raises(SettingsError) as caught:
            load_settings()
        assert str(caught.value) == f"REDIS_URL: it must be {ADDRESSES}"

    def test_a_language_model_needs_its_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLM_PROVIDER", "anthropic")
        with pytest.raises(SettingsError, match=r"^LLM_MODEL must be set with LLM_PROVIDER$"):
            load_settings()

    def test_a_help_folder_must_be_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HELP_DIR", "nowhere")
        with pytest.raises(SettingsError, match=r"^HELP_DIR: there is no folder nowhere$"):
            load_settings()

    def test_an_override_goes_before_the_environment_and_none_does_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORT", "9000")
        assert load_settings(port=None).port == 9000
        assert load_settings(port=9001).port == 9001

    def test_secrets_are_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SEOUL_API_KEY", "abcd1234")
        settings = load_settings()
        assert "abcd1234" not in repr(settings)
        assert settings.secrets == ("abcd1234",)


class TestFeed:
    @pytest.mark.parametrize(
        ("environment", "feed"),
        [
            ({}, "simulated"),
            ({"GBFS_URL": "https://x/gbfs.json"}, "gbfs"),
            ({"SEOUL_API_KEY": "k"}, "seoul"),
            ({"SEOUL_API_KEY": "k", "FEED": "simulated"}, "simulated"),
        ],
    )
    def test_is_what_the_environment_points_to(
        self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], feed: str
    ) -> None:
        _set(monkeypatch, environment)
        assert load_settings().feed_name == feed


class TestChain:
    def test_is_a_list_of_models_whose_keys_are_secrets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        chain = '[{"provider": "ollama", "model": "second", "api_key": "hidden-key"}]'
        _set(monkeypatch, FIRST_MODEL | {"LLM_CHAIN": chain})
        settings = load_settings()
        assert [(model.provider, model.model) for model in settings.llm_chain] == [("ollama", "second")]
        assert "hidden-key" in settings.secrets
        assert "hidden-key" not in repr(settings)

    @pytest.mark.parametrize(
        ("chain", "said"),
        [
            ("ollama", "JSON list"),
            ('[{"provider": "ollama"}]', "LLM_CHAIN.0.MODEL"),
            ('[{"provider": "oracle", "model": "m", "api_key": "hidden-key"}]', "LLM_CHAIN.0.PROVIDER"),
            ('[{"provider": "ollama", "model": "m", "key": "hidden-key"}]', "KEY"),
        ],
    )
    def test_one_that_is_none_is_said_in_a_line_without_its_keys(
        self, monkeypatch: pytest.MonkeyPatch, chain: str, said: str
    ) -> None:
        _set(monkeypatch, FIRST_MODEL | {"LLM_CHAIN": chain})
        with pytest.raises(SettingsError) as raised:
            load_settings()
        assert "LLM_CHAIN" in str(raised.value)
        assert said in str(raised.value)
        assert "hidden-key" not in str(raised.value)

    def test_needs_a_first_model(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _set(monkeypatch, {"LLM_CHAIN": '[{"provider": "ollama", "model": "second"}]'})
        with pytest.raises(SettingsError, match="LLM_PROVIDER must be set with LLM_CHAIN"):
            load_settings()


class TestMarkdown:
    def test_has_a_described_row_for_every_setting(self) -> None:
        rows = as_markdown().splitlines()[2:]
        assert len(rows) == len(Settings.model_fields)
        assert all(row.split("|")[3].strip() not in ("", "None") for row in rows)

    def test_are_all_in_the_example_of_an_env_file_with_their_defaults(self, tmp_path: Path) -> None:
        example = Path(__file__).parents[2] / ".env.example"
        assert example.read_text(encoding="utf-8") == as_env(), "python -m pedalcast settings --env > .env.example"
        lines = [line[1:] for line in as_env().splitlines() if line.startswith("#") and "=" in line.split(" ")[0]]
        (tmp_path / "filled.env").write_text("\n".join(lines))
        assert len(lines) == len(Settings.model_fields)
        assert Settings(_env_file=tmp_path / "filled.env") == Settings(_env_file=None)  # type: ignore[call-arg]

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(0, "PT0S"), (30, "PT30S"), (900, "PT15M"), (86_400, "P1D"), (172_800 + 3_661, "P2DT1H1M1S"), (7_200, "PT2H")],
    )
    def test_durations_are_short_and_can_be_given_back(
        self, monkeypatch: pytest.MonkeyPatch, seconds: int, text: str
    ) -> None:
        assert iso(timedelta(seconds=seconds)) == text
        monkeypatch.setenv("RETRAIN_EVERY", text)
        assert load_settings().retrain_every == timedelta(seconds=seconds)
