"""The vector collections, one a language's model: embedded in this process, on a Qdrant server, or in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

from llama_index.core.vector_stores.types import BasePydanticVectorStore
from sqlalchemy import Engine

from pedalcast.rag.config import RagConfig
from pedalcast.rag.embeddings.embedding_models import LANGUAGES, EmbeddingModels
from pedalcast.rag.storage.vectors.folder_lock import FolderLock
from pedalcast.rag.storage.vectors.pgvector_store import PgVectorStore, delete_chunks
from pedalcast.rag.storage.vectors.qdrant_edge import EdgeVectorStore, is_made
from pedalcast.rag.storage.vectors.qdrant_server import connect

_SAMPLE = {"ko": "가", "en": "a"}


class VectorCollections:
    """Opened on first use. Raises `VectorFolderTakenError` where another process owns the embedded folder.

    With `RagConfig.vectors_elsewhere` another process owns that folder: nothing is opened here, `writable` is False.
    """

    def __init__(self, config: RagConfig, models: EmbeddingModels, engine: Engine) -> None:
        self._config, self._models, self._engine, self._lock = config, models, engine, RLock()
        self._open: dict[str, BasePydanticVectorStore] = {}
        self.writable = not config.vectors_elsewhere
        self._folder = config.data_dir / "vectors"
        embedded = config.vector_store == "qdrant" and not config.qdrant_url
        self._owner = FolderLock(self._folder) if embedded and self.writable else None

    @property
    def owns_folder(self) -> bool:
        """Whether this process has the embedded vector folder."""
        return self._owner is not None

    def of(self, lang: str) -> BasePydanticVectorStore:
        """The collection of this language's model, opened or created."""
        name = self._models.collection(lang)
        with self._lock:
            if name not in self._open:
                self._open[name] = self._opened(name, lang)
            return self._open[name]

    def delete(self, uids: Sequence[str]) -> None:
        """Delete the vectors of these chunks in every current collection (by pgvector, of every model there was)."""
        if self._config.vector_store == "pgvector":
            delete_chunks(self._engine, uids)
            return
        for lang in filter(self._may_exist, LANGUAGES):
            self.of(lang).delete_nodes(list(uids))

    def _may_exist(self, lang: str) -> bool:
        """False for a collection of the embedded folder that was never made: opening it loads a model."""
        name = self._models.collection(lang)
        return self._owner is None or name in self._open or is_made(self._folder / name)

    def close(self) -> None:
        """Bring everything to disk and let go of the folder."""
        for vectors in self._open.values():
            if isinstance(vectors, EdgeVectorStore):
                vectors.close()
        if self._owner is not None:
            self._owner.release()

    def _opened(self, name: str, lang: str) -> BasePydanticVectorStore:
        width = len(self._models.dense[lang].get_text_embedding(_SAMPLE[lang]))
        if self._config.vector_store == "pgvector":
            return PgVectorStore(self._engine, name, width)
        if self._config.qdrant_url:
            key, limit = self._config.qdrant_api_key, self._config.leg_timeout
            return connect(self._config.qdrant_url, key, name, width, limit)
        return EdgeVectorStore(self._folder / name, width)
