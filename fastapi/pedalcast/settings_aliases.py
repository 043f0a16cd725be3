"""Names that other services use for the same settings, so that a deployment's environment need not be written anew.

A name of the project's own goes before any of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from collector.storage.redis_address import REDIS_PARTS, redis_address

OPENAI_HOST = "api.openai.com"


@dataclass(frozen=True, slots=True)
class SettingAlias:
    """Names by which others know a setting, the setting, and when they count."""

    names: tuple[str, ...]
    setting: str
    when: str = ""


ALIASES = (
    SettingAlias(REDIS_PARTS, "REDIS_URL", "with `REDIS_HOST`; `REDIS_TLS=true` makes it `rediss://`"),
    SettingAlias(("GENERATION_PROVIDER",), "LLM_PROVIDER"),
    SettingAlias(("ANTHROPIC_MODEL",), "LLM_MODEL", "makes `LLM_PROVIDER` `anthropic` where none is set"),
    SettingAlias(("ANTHROPIC_API_KEY",), "LLM_API_KEY", "where the provider is `anthropic`; alone it changes nothing"),
    SettingAlias(("GOOGLE_API_KEY",), "LLM_API_KEY", "where the provider is `gemini`"),
    SettingAlias(("OPENAI_API_KEY",), "LLM_API_KEY", f"`openai-like` with a `LLM_BASE_URL` on `{OPENAI_HOST}`"),
    SettingAlias(
        ("ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY"),
        "REASONING_API_KEY",
        "by `REASONING_PROVIDER` and `REASONING_BASE_URL`, likewise",
    ),
    SettingAlias(
        ("OPENAI_API_KEY",), "EMBEDDINGS_API_KEY", f"`openai-like` with an `EMBEDDINGS_BASE_URL` on `{OPENAI_HOST}`"
    ),
    SettingAlias(("EMBEDDING_PROVIDER",), "EMBEDDINGS_KO"),
    SettingAlias(("EMBEDDING_PROVIDER",), "EMBEDDINGS_EN"),
    SettingAlias(("AWS_REGION",), "LLM_REGION", "S3 reads it too"),
    SettingAlias(("AWS_REGION",), "EMBEDDINGS_REGION"),
    SettingAlias(("WORKERS",), "PROCESSES"),
)


class AliasSource(PydanticBaseSettingsSource):
    """Settings from the names of `ALIASES`, as the environment and the `.env` file have them."""

    def __init__(self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._environment: dict[str, str] = {}
        for source in sources:  # the first one goes before the others
            if isinstance(source, EnvSettingsSource):
                values = {name.upper(): value for name, value in source.env_vars.items() if value}
                self._environment = values | self._environment

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 (its parent's)
        """The value of a field, None where no alias gives one."""
        return aliased(self._environment).get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """The values by field. Raises `ConfigError` when a part of Redis's address is no number."""
        return aliased(self._environment)


def aliased(environment: Mapping[str, str]) -> dict[str, str]:
    """Settings by field name that the aliases in `environment` (names in capitals) stand for.

    A key goes only to whom it belongs: OpenAI's to OpenAI's host, Anthropic's and Google's to their providers.
    """
    get = environment.get
    provider = get("LLM_PROVIDER") or get("GENERATION_PROVIDER") or ("anthropic" if get("ANTHROPIC_MODEL") else None)
    values: dict[str, str | None] = {
        "redis_url": redis_address(environment),
        "llm_provider": get("GENERATION_PROVIDER"),
        "embeddings_ko": get("EMBEDDING_PROVIDER"),
        "embeddings_en": get("EMBEDDING_PROVIDER"),
        "llm_region": get("AWS_REGION"),
        "embeddings_region": get("AWS_REGION"),
        "processes": get("WORKERS"),
    }
    if provider == "anthropic":
        values |= {
            "llm_provider": provider,
            "llm_model": get("ANTHROPIC_MODEL"),
            "llm_api_key": get("ANTHROPIC_API_KEY"),
        }
    if provider == "gemini":
        values["llm_api_key"] = get("GOOGLE_API_KEY")
    if provider == "openai-like" and _is_openai(get("LLM_BASE_URL")):
        values["llm_api_key"] = get("OPENAI_API_KEY")
    values["reasoning_api_key"] = _reasoning_key(environment)
    if _is_openai(get("EMBEDDINGS_BASE_URL")):
        values["embeddings_api_key"] = get("OPENAI_API_KEY")
    return {name: value for name, value in values.items() if value}


def _reasoning_key(environment: Mapping[str, str]) -> str | None:
    """The key of `REASONING_PROVIDER`, from the name its owner gave it."""
    provider, url = environment.get("REASONING_PROVIDER"), environment.get("REASONING_BASE_URL")
    names = {"anthropic": "ANTHROPIC_API_KEY", "gemini": "GOOGLE_API_KEY"}
    if provider == "openai-like" and _is_openai(url):
        return environment.get("OPENAI_API_KEY")
    return environment.get(names.get(provider or "", ""))


def aliases_as_markdown() -> str:
    """The README's table of these names."""
    rows = [
        f"| {', '.join(f'`{name}`' for name in alias.names)} | `{alias.setting}` | {alias.when} |" for alias in ALIASES
    ]
    return "\n".join(["| name | setting | when |", "|---|---|---|", *rows])


def _is_openai(url: str | None) -> bool:
    return url is not None and urlsplit(url).hostname == OPENAI_HOST
