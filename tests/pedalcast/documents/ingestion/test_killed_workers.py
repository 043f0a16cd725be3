"""Workers that are killed at every state: each document is taken in, or deleted, by exactly one other."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import insert, select, update

from forecaster.objects import open_objects
from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database
from pedalcast.database.schema_gate import ensure_schema
from pedalcast.documents.ingestion.database_clock import DatabaseSeconds
from pedalcast.documents.ingestion.document_job import IngestionParts
from pedalcast.documents.ingestion.document_queue import DocumentQueue
from pedalcast.documents.ingestion.document_worker import DocumentWorker
from pedalcast.documents.metrics import DocumentMetrics
from pedalcast.documents.models import UploadedDocument, object_key
from pedalcast.documents.parsing.child_process import ParseLimits
from pedalcast.rag.config import RagConfig
from pedalcast.rag.pipeline import RetrievalPipeline

LEASE_S = 2.0
NOW = datetime(2026, 11, 20, tzinfo=UTC)
DOCUMENT = "d" * 32
SENTENCES = " ".join(
    f"The tandem number {n} stands at stall {n * 7}, and its bell is tuned to A flat." for n in range(300)
)
# A worker without the vector folder, which takes its time in one state, so that it can be killed there.
WORKER = """
import sys, threading, time
from pathlib import Path
from prometheus_client import CollectorRegistry
from forecaster.objects.folder import FolderObjects
from pedalcast.documents.ingestion.document_job import IngestionParts
from pedalcast.documents.ingestion.document_queue import DocumentQueue
from pedalcast.documents.ingestion.document_worker import DocumentWorker
from pedalcast.documents.metrics import DocumentMetrics
from pedalcast.documents.parsing.child_process import ParseLimits
from pedalcast.rag.config import RagConfig
from pedalcast.rag.storage.document_index import DocumentIndex

class SlowObjects(FolderObjects):
    def fetch_file(self, key, path):
        time.sleep(10 if state == "parsing" else 0)
        super().fetch_file(key, path)

    def list(self, prefix=""):
        time.sleep(60)
        return super().list(prefix)

class SlowQueue(DocumentQueue):
    def claim(self):
        claim = super().claim()
        time.sleep(10 if state == "queued" and claim else 0)
        return claim

folder, models, lease, state = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
database = f"sqlite:///{folder}/pedalcast.db"
config = RagConfig(folder / "rag", models_dir=models, database_url=database, vectors_elsewhere=True)
index = DocumentIndex(config)
queue = SlowQueue(index.store.engine, "killed", lease_s=lease)
metrics = DocumentMetrics(CollectorRegistry())
parts = IngestionParts(queue, SlowObjects(folder / "objects"), ParseLimits(), metrics, threading.Event())
worker = DocumentWorker(parts, lambda: index)
print("works", flush=True)
while True:
    worker.run_round()
    time.sleep(0.05)
"""


@pytest.fixture
def owner(tmp_path: Path, models: Path) -> Iterator[RetrievalPipeline]:
    """The process that owns the vector folder, on a migrated database with one document that waits."""
    url = f"sqlite:///{tmp_path}/pedalcast.db"

    async def migrate() -> None:
        database = Database(parse_address(url))
        await ensure_schema(database, migrate=True)
        await database.close()

    asyncio.run(migrate())
    config = RagConfig(tmp_path / "rag", models_dir=models, database_url=url, leg_timeout=60.0)
    pipeline = RetrievalPipeline(config)
    open_objects(tmp_path / "objects").put(object_key(DOCUMENT, "f"), SENTENCES.encode())
    row = {"id": DOCUMENT, "bot_id": "bot", "name": "tandems.txt", "state": "queued", "file_key": "f", "version": 1,
           "size": len(SENTENCES), "sha256": "s", "live_hash": "s", "pages_done": 0, "pages_total": 0, "details": {},
           "attempts": 0, "run_at": 0.0, "fence": 0, "created_at": NOW, "updated_at": NOW}  # fmt: skip
    with pipeline.store.transaction() as connection:
        connection.execute(insert(UploadedDocument), row)
    yield pipeline
    pipeline.close()


def _row(pipeline: RetrievalPipeline) -> Any:
    with pipeline.store.engine.connect() as connection:
        return connection.execute(select(UploadedDocument.__table__)).one()


def _wait(pipeline: RetrievalPipeline, *states: str, worker: str | None = None) -> None:
    until = time.monotonic() + 240
    while (row := _row(pipeline)).state not in states or (worker is not None and row.worker != worker):
        assert time.monotonic() < until, (row.state, row.error_code)
        time.sleep(0.01)


def _killed_at(pipeline: RetrievalPipeline, folder: Path, models: Path, state: str) -> None:
    command = [sys.executable, "-c", WORKER, str(folder), str(models), str(LEASE_S), state]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        try:
            _wait(pipeline, state, worker="killed")
        finally:
            worker.kill()


def _finish(pipeline: RetrievalPipeline, folder: Path, *states: str) -> float:
    """Let two others work until the document is in one of these states; how often it was taken to its end."""
    metrics, stopping = DocumentMetrics(CollectorRegistry()), threading.Event()

    def rescue(name: str) -> None:
        queue = DocumentQueue(pipeline.store.engine, name, lease_s=LEASE_S)
        parts = IngestionParts(queue, open_objects(folder / "objects"), ParseLimits(), metrics, stopping)
        worker = DocumentWorker(parts, lambda: pipeline.index)
        while not stopping.is_set():
            worker.run_round()
            pipeline.index.store_waiting()
            time.sleep(0.05)

    with ThreadPoolExecutor(2) as rescuers:
        work = [rescuers.submit(rescue, name) for name in ("one", "two")]
        try:
            _wait(pipeline, *states)
            time.sleep(0.5)
        finally:
            stopping.set()
        for rescuer in work:
            rescuer.result()
    return sum(float(metrics.outcomes.labels(state)._value.get()) for state in states)


@pytest.mark.parametrize("state", ["queued", "parsing", "embedding"])
def test_a_document_is_taken_in_once(owner: RetrievalPipeline, tmp_path: Path, models: Path, state: str) -> None:
    _killed_at(owner, tmp_path, models, state)
    killed = _row(owner)
    assert killed.state == state
    assert _finish(owner, tmp_path, "ready") == 1
    row = _row(owner)
    assert (row.answering["version"], row.error_code, row.worker, row.lease_until) == (1, None, None, None)
    assert row.fence > killed.fence
    pieces = [chunk.uid for chunk in owner.store.document_chunks("bot", DOCUMENT)]
    assert len(pieces) == len(set(pieces)) > 20
    assert owner.index.vectors("en").count() == len(pieces)  # type: ignore[attr-defined]
    assert owner.store.waiting_count("bot", DOCUMENT) == 0
    found = owner.search("At which stall does tandem number 150 stand?", lang="en", bot_id="bot").passages
    assert "1050" in found[0].text


def test_a_document_is_deleted_once(owner: RetrievalPipeline, tmp_path: Path, models: Path) -> None:
    assert _finish(owner, tmp_path, "ready") == 1
    with owner.store.transaction() as connection:
        deleting = {"state": "deleting", "live_hash": None, "fence": 99, "run_at": DatabaseSeconds()}
        connection.execute(update(UploadedDocument).values(**deleting))
    _killed_at(owner, tmp_path, models, "deleting")
    assert _row(owner).state == "deleting"
    assert _finish(owner, tmp_path, "deleted") == 1
    assert open_objects(tmp_path / "objects").list() == []
    assert owner.store.count("bot") == 0
    assert owner.index.vectors("en").count() == 0  # type: ignore[attr-defined]
    row = _row(owner)
    assert (row.name, row.sha256, row.answering) == ("", None, None)


def test_one_that_goes_on_after_it_was_taken_for_dead_writes_nothing(
    owner: RetrievalPipeline, tmp_path: Path, models: Path
) -> None:
    """Stopped in the middle of the file, and let go on when the document has been deleted meanwhile."""
    command = [sys.executable, "-c", WORKER, str(tmp_path), str(models), str(LEASE_S), "parsing"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        try:
            _wait(owner, "parsing", worker="killed")
            worker.send_signal(signal.SIGSTOP)
            with owner.store.transaction() as connection:
                deleting = {"state": "deleting", "live_hash": None, "fence": UploadedDocument.fence + 1,
                            "lease_until": None, "run_at": DatabaseSeconds()}  # fmt: skip
                connection.execute(update(UploadedDocument).values(**deleting))
            assert _finish(owner, tmp_path, "deleted") == 1
            worker.send_signal(signal.SIGCONT)
            time.sleep(12.0)  # it fetches the file, and reads it
        finally:
            worker.kill()
    assert _row(owner).state == "deleted"
    assert owner.store.count("bot") == 0
    assert owner.store.waiting_vectors(owner.index.models.collection("en"), 10) == []
