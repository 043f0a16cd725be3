"""Which embedding model serves which language, by the settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256

from llama_index.core.base.embeddings.base import BaseEmbedding

from pedalcast.rag.config import RagConfig
from pedalcast.rag.embeddings import hosted
from pedalcast.rag.embeddings.base import WordEmbedding
from pedalcast.rag.embeddings.e5 import E5Embedding
from pedalcast.rag.embeddings.kiwi import KiwiEmbedding
from pedalcast.rag.embeddings.minilm import MiniLMEmbedding

LANGUAGES = ("ko", "en")
BUILT_IN: Mapping[str, str] = {"en": "minilm", "ko": "e5"}
_HOSTED: Mapping[str, Callable[[hosted.Options], BaseEmbedding]] = {
    "openai-like": hosted.openai_like,
    "bedrock": hosted.bedrock,
    "gemini": hosted.gemini,
    "ollama": hosted.ollama,
    "huggingface": hosted.huggingface,
}


class EmbeddingModels:
    """The models in use: `local[lang]` is the built-in one, whose word vectors the reranker needs; `dense[lang]` the
    one that is searched with, by default the same."""

    def __init__(self, config: RagConfig) -> None:
        folder = config.models_dir or config.data_dir / "models"
        self.local: dict[str, WordEmbedding] = {"en": MiniLMEmbedding(folder), "ko": KiwiEmbedding(folder)}
        self._folder = folder
        self._e5: E5Embedding | None = None
        self.dense = {lang: self._dense(lang, config) for lang in LANGUAGES}

    def _dense(self, lang: str, config: RagConfig) -> BaseEmbedding:
        name = config.embeddings[lang]
        if name == "e5":
            return self._multilingual()
        if name == BUILT_IN[lang]:
            return self.local[lang]
        if name in BUILT_IN.values():
            raise ValueError(f"the embedding model {name} does not know the language {lang}")
        if name not in _HOSTED:
            raise ValueError(f"unknown embedding model {name}: one of {', '.join([BUILT_IN[lang], *_HOSTED])}")
        return _HOSTED[name](config.embedding_options)

    def _multilingual(self) -> E5Embedding:
        if self._e5 is None:
            self._e5 = E5Embedding(self._folder)
        return self._e5

    def collection(self, lang: str) -> str:
        """The name of the vectors this language's model makes: another model, another collection."""
        model = self.dense[lang].model_name
        readable = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")[-40:]
        return f"{readable}-{sha256(f'{lang}:{model}'.encode()).hexdigest()[:8]}"
