"""The settings of retrieval, one frozen value that the service's own settings fill in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RagConfig:
    """Every choice retrieval leaves open. The defaults need no key, no network and no download.

    `embeddings` names one model per language ("minilm", "e5", "openai-like", "bedrock", "gemini", "ollama",
    "huggingface"); `embedding_options` are passed to the hosted ones. A model serves only the language it is named
    for. `off` names steps to leave out, for measuring what each is worth (see `STEPS`).

    `database_url` is the database of documents and chunks, in SQLAlchemy's words; without it they lie in an SQLite file
    in `data_dir`. `vector_store` is "qdrant" (embedded, or the server at `qdrant_url`) or "pgvector", in that database.
    `postings_budget` is how much memory the lexical indexes of all bots may take together, in bytes.
    """

    data_dir: Path
    models_dir: Path | None = None  # where built graphs and tables are kept; None: in data_dir
    embeddings: Mapping[str, str] = field(default_factory=lambda: {"en": "minilm", "ko": "e5"})
    embedding_options: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold keys
    database_url: str | None = field(default=None, repr=False)  # may hold a password
    vector_store: str = "qdrant"
    vectors_elsewhere: bool = False  # another process owns the embedded vector folder and stores what is worked out
    qdrant_url: str | None = None
    qdrant_api_key: str | None = field(default=None, repr=False)
    cross_encoder: Path | None = None
    chunk_chars: Mapping[str, int] = field(default_factory=lambda: {"en": 1000, "ko": 900})
    pool: int = 20  # candidates of each leg
    top: int = 8  # passages that leave the reranker
    leg_timeout: float = 2.0  # seconds
    postings_budget: int = 256 << 20
    off: frozenset[str] = frozenset()


STEPS = ("bm25", "dense", "queries", "questions", "rerank", "maxsim", "dedup", "extract")
