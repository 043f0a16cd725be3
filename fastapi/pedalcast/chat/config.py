"""The service's settings as the chatbot's parts want them."""

from __future__ import annotations

from pedalcast.rag.asked import Limits
from pedalcast.rag.config import RagConfig
from pedalcast.rag.llm import LlmConfig
from pedalcast.settings import Settings


def rag_config(settings: Settings) -> RagConfig:
    """Where and how documents are kept and searched."""
    return RagConfig(data_dir=settings.data_dir / "rag")


def llm_config(settings: Settings) -> LlmConfig | None:
    """The language model that is set, None without one."""
    if settings.llm_provider is None or settings.llm_model is None:
        return None
    key = settings.llm_api_key
    return LlmConfig(
        provider=settings.llm_provider,
        model=settings.llm_model,
        api_key=None if key is None else key.get_secret_value(),
        base_url=settings.llm_base_url,
        region=settings.llm_region,
        first_token=settings.llm_first_token.total_seconds(),
        between_tokens=settings.llm_between_tokens.total_seconds(),
        whole=settings.llm_whole.total_seconds(),
        max_tokens=settings.llm_max_tokens,
        context_window=settings.llm_context_window,
    )


def limits(settings: Settings) -> Limits:
    """How long each stage may take."""
    return Limits(
        route=settings.chat_route_limit.total_seconds(),
        rewrite=settings.chat_rewrite_limit.total_seconds(),
        documents=settings.chat_documents_limit.total_seconds(),
        live=settings.chat_live_limit.total_seconds(),
    )
