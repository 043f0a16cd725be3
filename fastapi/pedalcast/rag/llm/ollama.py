"""A local Ollama."""

from __future__ import annotations

import httpx
from llama_index.llms.ollama import Ollama
from ollama import ResponseError

from pedalcast.rag.llm.chat_model import ChatModel
from pedalcast.rag.llm.config import LlmConfig
from pedalcast.rag.llm.errors import FailureReason, reason_of_status


def build(config: LlmConfig) -> ChatModel:
    llm = Ollama(
        model=config.model,
        base_url=config.base_url or "http://127.0.0.1:11434",
        temperature=config.temperature,
        context_window=config.context_window,
        request_timeout=config.whole,
        additional_kwargs={"num_predict": config.max_tokens},
    )
    return ChatModel(config, llm, (httpx.HTTPError, ResponseError, ConnectionError), _explain)


def _explain(error: Exception) -> FailureReason:
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    if isinstance(error, httpx.TransportError | OSError):
        return "unreachable"
    return reason_of_status(error.status_code) if isinstance(error, ResponseError) else "failed"
