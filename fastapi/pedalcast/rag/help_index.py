"""The help articles in the index: taken in at first start, brought up to date at every other."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import structlog

from pedalcast.knowledge.articles import load_articles
from pedalcast.rag.pipeline import DEFAULT_BOT, RetrievalPipeline
from pedalcast.rag.types import Document

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
            metadata={"demo": str(article.demo).lower()},
        )
        for article in load_articles(folder)
    ]


class IndexingStopped(Exception):  # noqa: N818 (nothing went wrong)
    """It was told to stop; what is done stays done."""


def index_help(retrieval: RetrievalPipeline, folder: Path | None = None, stop: threading.Event | None = None) -> None:
    """Take in what is new or changed, drop what is gone. Stopped or killed in the middle, the next start goes on.

    Raises `ArticleError`, and `IndexingStopped` when `stop` is set meanwhile.
    """
    documents = help_documents(folder)
    stop = stop or threading.Event()
    kept = {document.id for document in documents}
    for record in retrieval.store.documents(DEFAULT_BOT):
        if record.id not in kept:
            _check(stop)
            retrieval.delete(record.id)
    report = retrieval.ingest(_until(stop, documents), progress=_Teller(stop))
    counts = {"written": report.written, "unchanged": report.unchanged, "chunks": report.chunks}
    log.info("the help is indexed", **counts, seconds=round(report.seconds, 1))


def _until(stop: threading.Event, documents: Iterable[Document]) -> Iterator[Document]:
    """The documents; asking for the next one raises `IndexingStopped` when `stop` is set."""
    for document in documents:
        _check(stop)
        yield document


def _check(stop: threading.Event) -> None:
    if stop.is_set():
        raise IndexingStopped


class _Teller:
    """Tells the log every tenth of the way, and listens for `stop`."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._next = 0.1

    def __call__(self, done: int, total: int) -> None:
        _check(self._stop)
        if total and done / total >= self._next and done < total:
            self._next = done / total + 0.1
            log.info("indexing the help", percent=round(100 * done / total))
