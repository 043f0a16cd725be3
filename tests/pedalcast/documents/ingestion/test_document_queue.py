"""The queue that the documents' rows are, on each kind of database."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from pedalcast.database.address import blocking_address, parse_address
from pedalcast.database.engine import Database
from pedalcast.documents.ingestion.claim_keeper import ClaimKeeper, WorkerStoppingError
from pedalcast.documents.ingestion.document_queue import ClaimLostError, DocumentQueue
from pedalcast.documents.models import UploadedDocument
from pedalcast.rag.storage.chunk_database import open_engine
from pedalcast.tables import BaseModel

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine for threads, on a database with this version's tables."""

    async def create() -> None:
        database = Database(parse_address(database_url))
        async with database.engine.begin() as connection:
            await connection.run_sync(BaseModel.metadata.create_all)
        await database.close()

    asyncio.run(create())
    address = blocking_address(parse_address(database_url)).render_as_string(hide_password=False)
    opened = open_engine(address, tmp_path / "unused")
    yield opened
    opened.dispose()


def _add(engine: Engine, name: str, **values: Any) -> str:
    row = {"id": name.ljust(32, "0"), "bot_id": "bot", "name": name, "state": "queued", "file_key": "f", "size": 1,
           "version": 1, "pages_done": 0, "pages_total": 0, "details": {}, "attempts": 0, "run_at": 0.0, "fence": 0,
           "created_at": NOW, "updated_at": NOW}  # fmt: skip
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(insert(UploadedDocument), row | values)
    return str(row["id"])


def _row(engine: Engine, document_id: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(UploadedDocument.__table__).where(UploadedDocument.id == document_id)).one()


def _set(engine: Engine, **values: Any) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(UploadedDocument).values(**values))


class TestClaim:
    def test_many_workers_take_each_document_once(self, engine: Engine) -> None:
        names = {_add(engine, f"{n:x}") for n in range(12)}
        taken: list[str] = []

        def take(worker: int) -> None:
            queue = DocumentQueue(engine, f"w{worker}")
            while (claim := queue.claim()) is not None:
                taken.append(claim.id)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(take, range(4)))
        assert sorted(taken) == sorted(names)

    def test_one_whose_worker_is_silent_passes_on_and_the_silent_one_writes_nothing_more(self, engine: Engine) -> None:
        document = _add(engine, "a")
        slow, quick = DocumentQueue(engine, "slow", lease_s=0.3), DocumentQueue(engine, "quick")
        first = slow.claim()
        assert first is not None
        assert quick.claim() is None
        time.sleep(0.5)
        second = quick.claim()
        assert second is not None
        assert (second.id, second.fence, second.attempts) == (document, first.fence + 1, 2)
        for write in (slow.extend, slow.finish, slow.release, slow.change):
            with pytest.raises(ClaimLostError):
                write(first, state="ready")
        assert _row(engine, document).worker == "quick"
        quick.finish(second, state="ready")
        assert (_row(engine, document).state, quick.claim()) == ("ready", None)

    def test_only_the_database_s_clock_counts(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        _add(engine, "a")
        queue = DocumentQueue(engine, "w", lease_s=30.0)
        monkeypatch.setattr(time, "time", lambda: 4e9)
        claim = queue.claim()
        assert claim is not None
        lease = _row(engine, claim.id).lease_until
        monkeypatch.undo()
        assert abs(lease - time.time() - 30.0) < 20.0
        assert queue.claim() is None

    def test_what_is_given_back_waits_its_time(self, engine: Engine) -> None:
        document = _add(engine, "a")
        queue = DocumentQueue(engine, "w")
        claim = queue.claim()
        assert claim is not None
        queue.change(claim, state="parsing")
        queue.release(claim, 0.4)
        assert (_row(engine, document).state, queue.claim()) == ("queued", None)
        time.sleep(0.6)
        again = queue.claim()
        assert again is not None
        assert again.attempts == 2
        queue.release(again, counts=False)
        assert _row(engine, document).attempts == 1

    def test_deletions_go_first(self, engine: Engine) -> None:
        _add(engine, "a")
        gone = _add(engine, "b", state="deleting")
        claim = DocumentQueue(engine, "w").claim()
        assert claim is not None
        assert claim.id == gone


class TestUploads:
    def test_a_silent_one_is_broken_off(self, engine: Engine) -> None:
        document = _add(engine, "a", state="uploading", live_hash="h")
        recent = _add(engine, "b", state="uploading", run_at=time.time())
        assert DocumentQueue(engine, "w").break_off_uploads() == 1
        row = _row(engine, document)
        assert (row.state, row.error_code, row.live_hash) == ("failed", "upload_broken_off", None)
        assert _row(engine, recent).state == "uploading"

    def test_what_waits_is_counted(self, engine: Engine) -> None:
        queue = DocumentQueue(engine, "w")
        assert queue.waiting() == (0, 0.0)
        _add(engine, "a", run_at=time.time() - 100)
        _add(engine, "b", state="ready")
        count, oldest = queue.waiting()
        assert count == 1
        assert 80 < oldest < 300
        queue.claim()
        assert queue.waiting() == (1, 0.0)


class TestKeeper:
    def test_a_claim_is_kept_and_its_pages_told(self, engine: Engine) -> None:
        queue = DocumentQueue(engine, "w", lease_s=0.6)
        document = _add(engine, "a")
        claim = queue.claim()
        assert claim is not None
        with ClaimKeeper(queue, claim, 60.0, threading.Event()) as keeper:
            keeper.pages(3, 9)
            time.sleep(1.5)
            assert DocumentQueue(engine, "other").claim() is None
            keeper.check()
        row = _row(engine, document)
        assert (row.pages_done, row.pages_total) == (3, 9)

    @pytest.mark.parametrize("how", ["fenced off", "too long", "told to stop"])
    def test_a_lost_one_is_noticed(self, engine: Engine, how: str) -> None:
        queue, stopping = DocumentQueue(engine, "w", lease_s=0.6), threading.Event()
        _add(engine, "a")
        claim = queue.claim()
        assert claim is not None
        with ClaimKeeper(queue, claim, 0.3 if how == "too long" else 60.0, stopping) as keeper:
            if how == "fenced off":
                _set(engine, fence=99)
            if how == "told to stop":
                stopping.set()
            until = time.monotonic() + 30
            while not keeper.must_stop() and time.monotonic() < until:
                time.sleep(0.05)
            with pytest.raises(WorkerStoppingError if how == "told to stop" else ClaimLostError):
                keeper.check()
