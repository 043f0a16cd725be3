"""The help articles as documents of the index: all are ingested at first start, later the changed ones."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import structlog

from pedalcast.knowledge.articles import load_articles
from pedalcast.rag.pipeline import DEFAULT_BOT, RetrievalPipeline
from pedalcast.rag.types import KIND, Document

log = structlog.get_logger(__name__)


def help_documents(folder: Path | None = None) -> list[Document]:
    """The articles as documents of the built-in bot: those of `folder`, or the built-in ones. Raises `ArticleError`."""
    return [
        Document(
            id=f"{article.id}.{article.lang}",
            title=article.title,
            text=article.text,
            lang=article.lang if article.lang in {"ko", "en"} else None,
            topic=article.topic,
            paraphrases=article.paraphrases,
            metadata={"demo": str(article.demo).lower(), KIND: "article"},
            paraphrase_sections=article.paraphrase_sections,
        )
        for article in load_articles(folder)
    ]


class IndexingStopped(Exception):  # noqa: N818 (nothing went wrong)
    """Indexing was stopped; the documents ingested so far stay."""


def index_help(retrieval: RetrievalPipeline, folder: Path | None = None, stop: threading.Event | None = None) -> None:
    """Ingest new and changed articles, delete removed ones. The next start resumes where this one was stopped.

    Raises `ArticleError`, and `IndexingStopped` when `stop` is set meanwhile.
    """
    documents = help_documents(folder)
    stop = stop or threading.Event()
    current_ids = {document.id for document in documents}
    for record in retrieval.store.documents(DEFAULT_BOT):
        if record.id not in current_ids:
            _check(stop)
            retrieval.delete(record.id)
    embed = DEFAULT_BOT not in retrieval.index.behind()  # after a change of model words answer until that is done
    report = retrieval.ingest(_interruptible(stop, documents), on_embedded=_ProgressLog(stop), embed=embed)
    counts = {"written": report.written, "unchanged": report.unchanged, "chunks": report.chunks}
    log.info("help indexed", **counts, seconds=round(report.seconds, 1))


def _interruptible(stop: threading.Event, documents: Iterable[Document]) -> Iterator[Document]:
    """The documents; asking for the next one raises `IndexingStopped` when `stop` is set."""
    for document in documents:
        _check(stop)
        yield document


def _check(stop: threading.Event) -> None:
    if stop.is_set():
        raise IndexingStopped


class _ProgressLog:
    """Logs every tenth of the way. Raises `IndexingStopped` when `stop` is set."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._next = 0.1

    def __call__(self, done: int, total: int) -> None:
        _check(self._stop)
        if total and done / total >= self._next and done < total:
            self._next = done / total + 0.1
            log.info("help being indexed", percent=round(100 * done / total))
