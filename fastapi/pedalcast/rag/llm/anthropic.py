"""Anthropic's Messages API."""

from __future__ import annotations

import anthropic
from llama_index.llms.anthropic import Anthropic

from pedalcast.rag.llm.chat_model import ChatModel
from pedalcast.rag.llm.config import LlmConfig
from pedalcast.rag.llm.errors import FailureReason, reason_of_status


def build(config: LlmConfig) -> ChatModel:
    llm = Anthropic(
        model=config.model,
        api_key=config.api_key,
        base_url=config.base_url,
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        max_retries=0,
        timeout=config.whole,
    )
    return ChatModel(config, llm, (anthropic.AnthropicError,), _explain)


def _explain(error: Exception) -> FailureReason:
    if isinstance(error, anthropic.APITimeoutError):
        return "timeout"
    if isinstance(error, anthropic.APIConnectionError):
        return "unreachable"
    return reason_of_status(error.status_code) if isinstance(error, anthropic.APIStatusError) else "failed"
