"""Embedding models behind a network or a local path, through LlamaIndex's own integrations (requirements/llm.txt)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from llama_index.core.base.embeddings.base import BaseEmbedding

Options = Mapping[str, str]
NEEDED: Mapping[str, tuple[str, ...]] = {
    "openai-like": ("model", "url"),
    "gemini": ("key",),
    "huggingface": ("path",),
}  # options that a model cannot do without


class NotInstalledError(RuntimeError):
    """An optional integration is missing."""


def openai_like(options: Options) -> BaseEmbedding:
    """Any server that speaks OpenAI's embedding API. Options: model, url, key."""
    integration = _integration("openai_like", "OpenAILikeEmbedding")
    return integration(model_name=options["model"], api_base=options["url"], api_key=options.get("key", "none"))


def bedrock(options: Options) -> BaseEmbedding:
    """Amazon Bedrock. Options: model (default Titan v2), region."""
    integration = _integration("bedrock", "BedrockEmbedding")
    return integration(
        model_name=options.get("model", "amazon.titan-embed-text-v2:0"), region_name=options.get("region")
    )


def gemini(options: Options) -> BaseEmbedding:
    """Google Gemini. Options: model, key."""
    integration = _integration("google_genai", "GoogleGenAIEmbedding")
    return integration(model_name=options.get("model", "gemini-embedding-001"), api_key=options["key"])


def ollama(options: Options) -> BaseEmbedding:
    """An Ollama server. Options: model, url."""
    integration = _integration("ollama", "OllamaEmbedding")
    return integration(model_name=options.get("model", "bge-m3"), base_url=options.get("url", "http://localhost:11434"))


def huggingface(options: Options) -> BaseEmbedding:
    """Any Hugging Face model from a local path, such as BGE-M3 (requirements/huggingface.txt). Options: path."""
    integration = _integration("huggingface", "HuggingFaceEmbedding", "requirements/huggingface.txt")
    return integration(model_name=options["path"], device="cpu", trust_remote_code=False)


def _integration(module: str, name: str, requirements: str = "requirements/llm.txt") -> Callable[..., BaseEmbedding]:
    full = f"llama_index.embeddings.{module}"
    try:
        integration: Callable[..., BaseEmbedding] = getattr(import_module(full), name)
    except ModuleNotFoundError as missing:
        raise NotInstalledError(f"{full} is not installed: pip install -r {requirements}") from missing
    return integration
