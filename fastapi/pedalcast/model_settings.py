"""Settings of the language models beside the one that answers: which one decides."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

ModelProvider = Literal["openai-like", "anthropic", "gemini", "bedrock", "ollama"]


class ModelSettings(BaseSettings):
    """Part of `Settings`."""

    reasoning_provider: ModelProvider | None = Field(
        None, description="who routes, rewrites and words searches; without it LLM_PROVIDER"
    )
    reasoning_model: str | None = Field(None, description="its model; without it LLM_MODEL, of the same provider")
    reasoning_api_key: SecretStr | None = Field(None, description="its key; without it LLM_API_KEY, likewise")
    reasoning_base_url: str | None = Field(None, description="its address; without it LLM_BASE_URL, likewise")
    reasoning_region: str | None = Field(None, description="its AWS region; without it LLM_REGION")
