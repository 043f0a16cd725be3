"""Any server that speaks OpenAI's chat completions: vLLM, llama.cpp, LM Studio, OpenAI itself …"""

from __future__ import annotations

import httpx
import openai
import openai.resources.chat.completions  # loaded at the first request otherwise, on the first rider's time
from llama_index.llms.openai_like import OpenAILike

from pedalcast.rag.llm.chat_model import ChatModel
from pedalcast.rag.llm.config import LlmConfig
from pedalcast.rag.llm.errors import FailureReason, reason_of_status


def build(config: LlmConfig) -> ChatModel:
    """ValueError without `base_url`: no request may go to a server that nobody named."""
    if not config.base_url:
        raise ValueError("the provider 'openai-like' needs the server's address (LLM_BASE_URL), ending in /v1")
    client = httpx.AsyncClient(timeout=config.whole)
    llm = OpenAILike(
        model=config.model,
        api_base=config.base_url,
        api_key=config.api_key or "none",
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        context_window=config.context_window,
        is_chat_model=True,
        max_retries=0,
        timeout=config.whole,
        reuse_client=True,
        async_http_client=client,  # type: ignore[call-arg] # its parent's; the fields do not show it
    )
    return ChatModel(config, llm, (openai.OpenAIError, httpx.HTTPError), _explain, client.aclose)


def _explain(error: Exception) -> FailureReason:
    if isinstance(error, openai.APITimeoutError):
        return "timeout"
    if isinstance(error, openai.APIConnectionError | httpx.TransportError):
        return "unreachable"
    return reason_of_status(error.status_code) if isinstance(error, openai.APIStatusError) else "failed"
