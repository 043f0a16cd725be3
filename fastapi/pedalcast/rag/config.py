"""The settings of retrieval, one frozen value that the service's own settings fill in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RagConfig:
    """Every choice retrieval leaves open. The defaults need no key, no network and no download.

    `embeddings` names one model per language ("minilm", "kiwi", "openai-like", "bedrock", "gemini", "ollama",
    "huggingface"); `embedding_options` are passed to the hosted ones. A model serves only the language it is named
    for. `off` names steps to leave out, for measuring what each is worth (see `STEPS`).

    Beyond `sparse_above` chunks BM25 runs as sparse vectors in Qdrant. Queries of eight terms over chunks of 120 took,
    as lower quartiles on one core, 0.34 ms by the lists in memory and 0.28 ms by the vectors at 10,000 chunks, 4.7 ms
    and 1.1 ms at 100,000, where the lists take 87 MB; scoring what the vectors propose anew takes another 1 to 2 ms.
    """

    data_dir: Path
    models_dir: Path | None = None  # where built graphs and tables are kept; None: in data_dir
    embeddings: Mapping[str, str] = field(default_factory=lambda: {"en": "minilm", "ko": "kiwi"})
    embedding_options: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold keys
    qdrant_url: str | None = None
    qdrant_api_key: str | None = field(default=None, repr=False)
    cross_encoder: Path | None = None
    chunk_chars: Mapping[str, int] = field(default_factory=lambda: {"en": 1000, "ko": 900})
    pool: int = 20  # candidates of each leg
    top: int = 8  # passages that leave the reranker
    leg_timeout: float = 2.0  # seconds
    sparse_above: int = 50_000  # chunks of one language of one bot
    off: frozenset[str] = frozenset()


STEPS = ("bm25", "dense", "queries", "questions", "rerank", "maxsim", "dedup", "extract")
