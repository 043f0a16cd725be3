"""Google's Gemini API."""

from __future__ import annotations

import httpx
from google.genai import errors, types
from llama_index.llms.google_genai import GoogleGenAI

from pedalcast.rag.llm.chat_model import ChatModel
from pedalcast.rag.llm.config import LlmConfig
from pedalcast.rag.llm.errors import FailureReason, reason_of_status


def build(config: LlmConfig) -> ChatModel:
    # With both sizes given the constructor has no reason to ask the server for them.
    llm = GoogleGenAI(
        model=config.model,
        api_key=config.api_key,
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        context_window=config.context_window,
        max_retries=0,
        http_options=types.HttpOptions(base_url=config.base_url, timeout=int(config.whole * 1000)),
    )
    return ChatModel(config, llm, (errors.APIError, httpx.HTTPError), _explain)


def _explain(error: Exception) -> FailureReason:
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    if isinstance(error, httpx.TransportError | OSError):
        return "unreachable"
    return reason_of_status(error.code) if isinstance(error, errors.APIError) else "failed"
