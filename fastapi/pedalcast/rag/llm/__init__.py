"""Language models, one file a provider, each behind LlamaIndex's interface and installed only where it is wanted."""

from pedalcast.rag.llm.chat_model import ChatModel, Message, ModelHealth
from pedalcast.rag.llm.config import LlmConfig, Provider
from pedalcast.rag.llm.errors import MissingExtraError, ProviderError
from pedalcast.rag.llm.providers import open_model

__all__ = [
    "ChatModel",
    "LlmConfig",
    "Message",
    "MissingExtraError",
    "ModelHealth",
    "Provider",
    "ProviderError",
    "open_model",
]
