"""AWS Bedrock's Converse API. Credentials come the way AWS clients find them."""

from __future__ import annotations

from botocore.config import Config
from botocore.eventstream import ParserError
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError, ReadTimeoutError
from llama_index.llms.bedrock_converse import BedrockConverse

from pedalcast.rag.llm.chat_model import ChatModel
from pedalcast.rag.llm.config import LlmConfig
from pedalcast.rag.llm.errors import FailureReason, reason_of_status


def build(config: LlmConfig) -> ChatModel:
    llm = BedrockConverse(
        model=config.model,
        region_name=config.region,
        endpoint_url=config.base_url,
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        max_retries=1,
        timeout=config.whole,
        botocore_config=Config(
            retries={"total_max_attempts": 1}, connect_timeout=config.first_token, read_timeout=config.whole
        ),
    )
    return ChatModel(config, llm, (BotoCoreError, ClientError, HTTPClientError, ParserError), _explain)


def _explain(error: Exception) -> FailureReason:
    if isinstance(error, ReadTimeoutError):
        return "timeout"
    if isinstance(error, HTTPClientError | EndpointConnectionError | OSError):
        return "unreachable"
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        return "throttled" if "Throttling" in error.response["Error"]["Code"] else reason_of_status(status)
    return "failed"
