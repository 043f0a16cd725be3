"""The examples in the docstrings of the classes that a deployment may replace."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

SEAMS = (
    "pipeline.RetrievalPipeline",
    "embeddings.base.WordEmbedding",
    "storage.chunk_store.ChunkStore",
    "storage.qdrant_edge.EdgeVectorStore",
    "retrieval.bm25_retriever.Bm25Retriever",
    "retrieval.dense_retriever.DenseRetriever",
    "ranking.reranker.SignalReranker",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples, so that the models' files are built once."""
    return tmp_path_factory.mktemp("examples")


@pytest.mark.parametrize("seam", SEAMS)
def test_the_example_gives_what_it_says(seam: str, folder: Path) -> None:
    module_name, class_name = f"pedalcast.rag.{seam}".rsplit(".", 1)
    module = import_module(module_name)
    finder = doctest.DocTestFinder(recurse=False)
    names = vars(module) | {"folder": folder}
    (example,) = finder.find(getattr(module, class_name), class_name, globs=names)
    report: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=report.append)
    assert outcome.attempted > 0
    assert outcome.failed == 0, "".join(report)
