"""Language models, one file a provider, each behind LlamaIndex's interface and installed only where it is wanted."""

from pedalcast.rag.llm.chat_model import ChatModel, LastOutcome, Message
from pedalcast.rag.llm.config import LlmConfig, Provider
from pedalcast.rag.llm.errors import MissingExtraError, ProviderError
from pedalcast.rag.llm.model_chain import LanguageModel, ModelChain
from pedalcast.rag.llm.providers import open_model

__all__ = [
    "ChatModel",
    "LanguageModel",
    "LastOutcome",
    "LlmConfig",
    "Message",
    "MissingExtraError",
    "ModelChain",
    "Provider",
    "ProviderError",
    "open_model",
]
