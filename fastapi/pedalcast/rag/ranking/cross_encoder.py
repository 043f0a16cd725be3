"""A cross-encoder in place of the blend, by setting: any local Hugging Face reranker (requirements/huggingface.txt)."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from llama_index.core.postprocessor.types import BaseNodePostprocessor

from pedalcast.rag.embeddings.hosted import NotInstalledError


def cross_encoder(model: Path, top: int) -> BaseNodePostprocessor:
    """The reranker at a local path. It needs no network. Raises `NotInstalledError` without the package."""
    try:
        module = import_module("llama_index.core.postprocessor.sbert_rerank")
        made: BaseNodePostprocessor = module.SentenceTransformerRerank(model=str(model), top_n=top, device="cpu")
    except ImportError as missing:
        raise NotInstalledError("a cross-encoder needs: pip install -r requirements/huggingface.txt") from missing
    return made
