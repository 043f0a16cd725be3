"""Builds documents, and the worker that the service starts itself."""

from __future__ import annotations

import math
import os
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.lifespan import now
from pedalcast.bots.service import BotService
from pedalcast.chat.answers.version_board import RedisVersionBoard
from pedalcast.chat.chat_state import ChatState
from pedalcast.database.address import blocking_address
from pedalcast.documents.dependencies import Documents
from pedalcast.documents.document_data import DocumentData, DocumentsOfBot
from pedalcast.documents.document_passages import DocumentPassages
from pedalcast.documents.ingestion.document_job import IngestionParts
from pedalcast.documents.ingestion.document_queue import DocumentQueue
from pedalcast.documents.ingestion.document_worker import LOOK_S, DocumentWorker
from pedalcast.documents.ingestion.reembedding import ReEmbedding
from pedalcast.documents.ingestion.version_notice import VersionNotice
from pedalcast.documents.intake.address_fetch import AddressFetcher
from pedalcast.documents.metrics import DocumentMetrics
from pedalcast.documents.parsing.child_process import ParseLimits
from pedalcast.documents.service import DocumentService
from pedalcast.kit.context import AppContext
from pedalcast.kit.runtime.background_worker import BackgroundWorker
from pedalcast.kit.web.bounded_work import BoundedWork
from pedalcast.rag.storage.chunk_database import open_engine
from pedalcast.settings import Settings

if TYPE_CHECKING:
    from pedalcast.rag.storage.document_index import DocumentIndex

VECTORS_S = 0.5  # between two looks whether another process has worked out vectors
BEHIND_S = 30.0  # between two looks whether the embedding model has changed
FETCHES, FETCHES_WAITING = 4, 12  # addresses fetched at once, and those that wait; each may take a minute
NEGLECTED_S = 300.0  # a document waiting that long means that no worker runs
_LEFTOVER_S = 86_400.0
_OUTAGES = (DBAPIError,)


def build(
    context: AppContext, settings: Settings, accounts: Accounts, bots: BotService, chat: ChatState
) -> DocumentsRuntime:
    """The services and workers, not yet started; what documents keep of people and bots is exported and deleted."""
    return DocumentsRuntime(context, settings, accounts, bots, chat)


class DocumentsRuntime:
    """The services, and the workers of this process: one takes documents in, one stores the vectors that processes
    without the embedded vector folder have worked out, one embeds again after a change of model."""

    def __init__(
        self, context: AppContext, settings: Settings, accounts: Accounts, bots: BotService, chat: ChatState
    ) -> None:
        self._context, self._settings, self._chat = context, settings, chat
        folder = settings.data_dir / "uploads"
        address = blocking_address(accounts.database.url).render_as_string(hide_password=False)
        self._engine = open_engine(address, settings.data_dir / "unused")
        metrics = DocumentMetrics(context.metrics)
        self._queue = DocumentQueue(self._engine, worker_name("service"))
        self._ingesting = BackgroundWorker(
            "documents", self._work, every_s=LOOK_S, late_after_s=math.inf, expected=_OUTAGES
        )
        self._storing = BackgroundWorker(
            "document-vectors", self._store_vectors, every_s=VECTORS_S, late_after_s=math.inf, expected=_OUTAGES
        )
        self.embedding = BackgroundWorker(
            "document-reembedding", self._reembed, every_s=BEHIND_S, late_after_s=math.inf, expected=_OUTAGES
        )
        self._reembedding = ReEmbedding(context.redis, self._open_index, self.embedding.stopping)
        limits = ParseLimits(seconds=settings.document_timeout.total_seconds())
        parts = IngestionParts(self._queue, context.objects, limits, metrics, self._ingesting.stopping)
        self._worker = DocumentWorker(parts, self._open_index)
        service = DocumentService(
            database=accounts.database,
            bots=bots,
            objects=context.objects,
            announce=VersionNotice(self._engine, RedisVersionBoard(context.redis)),
            wake=self._ingesting.wake,
            now=now,
        )
        accounts.ownership.add(DocumentData())
        bots.add(DocumentsOfBot())
        most_bytes = settings.document_max_mb << 20
        self.documents = Documents(
            service, DocumentPassages(accounts.database), context.objects, metrics, folder,
            most_bytes, AddressFetcher(most_bytes), settings.document_addresses, BoundedWork(FETCHES, FETCHES_WAITING),
        )  # fmt: skip

    @asynccontextmanager
    async def start(self) -> AsyncIterator[None]:
        """Work on documents while the block runs."""
        sweep_folder(self.documents.folder)
        self._context.readiness.add("documents", self._problem, advisory=True)
        self._context.readiness.add("embeddings", self._reembedding.problem, advisory=True)
        workers = [self._storing, self.embedding]
        if self._settings.document_worker:
            workers.append(self._ingesting)
        for worker in workers if self._settings.chat else ():
            self._context.workers.start(worker)
        try:
            yield
        finally:
            for worker in workers:
                worker.stop(30.0)
            self._engine.dispose()

    def _open_index(self) -> DocumentIndex | None:
        return self._chat.retrieval.index if self._chat.is_open else None

    def _work(self) -> None:
        self._worker.run_round()

    def _store_vectors(self) -> None:
        index = self._open_index()
        if index is not None and index.owns_folder:
            index.store_waiting()
            index.sweep()

    def _reembed(self) -> None:
        self._reembedding.run_round()

    def _problem(self) -> str | None:
        """For `/ready`: documents that nobody takes in."""
        try:
            waiting, oldest = self._queue.waiting()
        except _OUTAGES:
            return "the database does not answer"
        if oldest < NEGLECTED_S:
            return None
        return f"{waiting} documents wait, the longest for {oldest:.0f} s: does a worker run?"


def worker_name(kind: str) -> str:
    """What operators know a worker by."""
    return f"{kind}@{socket.gethostname()}:{os.getpid()}"


def sweep_folder(folder: Path, now_s: Callable[[], float] = time.time) -> None:
    """Make the folder of uploads under way, without what processes that died a day ago have left there."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < now_s() - _LEFTOVER_S:
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:  # another process has finished with it meanwhile
            continue
