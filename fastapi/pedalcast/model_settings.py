"""Settings of the language models beside the one that answers: which one decides, and which ones stand in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

ModelProvider = Literal["openai-like", "anthropic", "gemini", "bedrock", "ollama"]


class ChainedModel(BaseModel):
    """A model that answers where those before it do not; what is not given of it is not taken from them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    provider: ModelProvider
    model: str = Field(min_length=1)
    api_key: SecretStr | None = None
    base_url: str | None = None
    region: str | None = None


class ModelSettings(BaseSettings):
    """Part of `Settings`."""

    llm_chain: Annotated[tuple[ChainedModel, ...], NoDecode] = Field(
        (),
        description="JSON list of further models that answer, in this order, where the ones before do not:"
        ' `[{"provider": "ollama", "model": "…"}]`, each with `api_key`, `base_url` and `region` as it needs them',
    )
    llm_prices: Path | None = Field(
        None, description="TOML file of what language models cost, by which answers tell their cost (docs/operate.md)"
    )
    llm_breaker_failures: int = Field(
        5, ge=1, description="failures in a row after which a language model is not asked for a while"
    )
    llm_breaker_pause: timedelta = Field(
        timedelta(seconds=30), gt=timedelta(0), description="how long it is not asked then; after that, once"
    )

    reasoning_provider: ModelProvider | None = Field(
        None, description="who routes, rewrites and words searches; without it LLM_PROVIDER"
    )
    reasoning_model: str | None = Field(None, description="its model; without it LLM_MODEL, of the same provider")
    reasoning_api_key: SecretStr | None = Field(None, description="its key; without it LLM_API_KEY, likewise")
    reasoning_base_url: str | None = Field(None, description="its address; without it LLM_BASE_URL, likewise")
    reasoning_region: str | None = Field(None, description="its AWS region; without it LLM_REGION")

    @field_validator("llm_chain", mode="before")
    @classmethod
    def _a_list(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise ValueError("it must be a JSON list of models") from None
