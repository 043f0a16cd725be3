"""What is set about a language model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Provider = Literal["openai-like", "anthropic", "gemini", "bedrock", "ollama"]


@dataclass(frozen=True, slots=True)
class LlmConfig:
    """A model and how to reach it. Times are seconds; `api_key` is never shown.

    `base_url` is the server's address: needed for "openai-like" (it ends in /v1), optional for the others. Bedrock
    takes its credentials the way AWS clients do, and `region`. `first_token` is how long to wait for the first words,
    `between_tokens` for the next ones, `whole` for all of them. After `breaker_failures` in a row the model is not
    asked for `breaker_pause` seconds.
    """

    provider: Provider
    model: str
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    region: str | None = None
    temperature: float = 0.1
    max_tokens: int = 700
    context_window: int = 16_384
    first_token: float = 15.0
    between_tokens: float = 10.0
    whole: float = 60.0
    breaker_failures: int = 5
    breaker_pause: float = 30.0
