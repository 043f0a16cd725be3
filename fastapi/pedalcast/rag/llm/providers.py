"""Opens the model that is set. Integrations are imported only here, and only the one that is needed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from pedalcast.rag.llm.chat_model import ChatModel
from pedalcast.rag.llm.config import LlmConfig, Provider
from pedalcast.rag.llm.errors import MissingExtraError

# provider -> its file here, the package that carries its integration
_PROVIDERS: dict[Provider, tuple[str, str]] = {
    "openai-like": ("openai_like", "llama-index-llms-openai-like"),
    "anthropic": ("anthropic", "llama-index-llms-anthropic"),
    "gemini": ("gemini", "llama-index-llms-google-genai"),
    "bedrock": ("bedrock", "llama-index-llms-bedrock-converse"),
    "ollama": ("ollama", "llama-index-llms-ollama"),
}


def open_model(config: LlmConfig) -> ChatModel:
    """The model, not yet spoken to. Raises `MissingExtraError` naming the package that is not installed."""
    file, package = _PROVIDERS[config.provider]
    try:
        module = import_module(f"pedalcast.rag.llm.{file}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("pedalcast"):
            raise
        raise MissingExtraError(config.provider, package) from error
    build: Callable[[LlmConfig], ChatModel] = module.build
    return build(config)
