"""What a worker does with one document: read its file, write its chunks, give them vectors; or delete it.

Every step can be done again. The chunks and the state `embedding` are written in one transaction, so that a worker
that takes over knows whether the text is in already.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from forecaster.objects import ObjectError, ObjectNotFound, ObjectStore, StoreUnavailable
from pedalcast.documents.ingestion.claim_keeper import ClaimKeeper, WorkerStoppingError
from pedalcast.documents.ingestion.document_queue import MAX_ATTEMPTS, RETRY_S, Claim, ClaimLostError, DocumentQueue
from pedalcast.documents.metrics import DocumentMetrics
from pedalcast.documents.models import DELETED, DELETING, EMBEDDING, FAILED, PARSING, READY, object_key
from pedalcast.documents.parsing.child_process import ParseLimits, parse_in_child
from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError
from pedalcast.documents.pictures.stored_pictures import delete_stored_file, store_pictures
from pedalcast.rag.storage.chunk_store import drop_document
from pedalcast.rag.storage.version_rows import raise_version
from pedalcast.rag.types import KIND, TAG, Document, Picture

if TYPE_CHECKING:
    from pedalcast.rag.storage.document_index import DocumentIndex

PATH = "/api/v1/documents"
_EMBEDDING_S = 3600.0
_VECTORS_S = 0.5  # between two looks whether the folder's owner has stored the vectors
_FACTS = ("file_key", "version", "name", "size", "sha256")
_EMPTY: dict[str, Any] = {
    "name": "", "kind": None, "size": 0, "sha256": None, "live_hash": None, "answering": None, "title": None,
    "details": {}, "error_code": None, "error_message": None, "owner_id": None,
}  # fmt: skip
_DAMAGED = ParseError("file_missing", "The uploaded file is not there any more.")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class IngestionParts:
    """What workers work with; `stopping` ends the work between two steps."""

    queue: DocumentQueue
    objects: ObjectStore
    limits: ParseLimits
    metrics: DocumentMetrics
    stopping: threading.Event


class DocumentJob:
    """Works on claims, one document after the other, into `index`."""

    def __init__(self, parts: IngestionParts, index: DocumentIndex) -> None:
        self._index, self._queue, self._objects = index, parts.queue, parts.objects
        self._limits, self._metrics, self._stopping = parts.limits, parts.metrics, parts.stopping

    def work(self, claim: Claim) -> None:
        """Bring the document as far as it goes. Raises nothing that is the document's or an outage's fault."""
        try:
            with ClaimKeeper(self._queue, claim, self._limits.seconds + _EMBEDDING_S, self._stopping) as keeper:
                outcome = self._delete(claim) if claim.state == DELETING else self._take_in(claim, keeper)
        except ClaimLostError:
            outcome = "lost"
        except WorkerStoppingError:
            outcome = self._give_back(claim, 0.0, counts=False)
        except StoreUnavailable as error:  # however long that lasts, it is not the document's fault
            log.warning("object store unavailable, document given back", document_id=claim.id, error=str(error))
            outcome = self._give_back(claim, RETRY_S, counts=False)
        except (ObjectError, DBAPIError, OSError) as error:
            log.warning("document not taken in, to be retried", document_id=claim.id, error=type(error).__name__)
            outcome = self._give_back(claim, RETRY_S * 2.0 ** min(claim.attempts - 1, 10))
        except Exception as error:
            log.exception("document not taken in", document_id=claim.id, error=type(error).__name__)
            outcome = self._give_back(claim, RETRY_S * 2.0 ** min(claim.attempts - 1, 10))
        self._metrics.outcomes.labels(outcome).inc()
        log.info("document worked on", document_id=claim.id, bot_id=claim.bot_id, outcome=outcome)

    def _take_in(self, claim: Claim, keeper: ClaimKeeper) -> str:
        if claim.attempts > MAX_ATTEMPTS:
            return self._fail(claim, ParseError("gave_up", "Taking the document in failed several times."))
        if claim.state != EMBEDDING:
            try:
                self._write(claim, self._parse(claim, keeper), keeper)
            except ParseError as error:
                keeper.check()  # "cancelled" says that the claim is lost, or that the worker stops
                return self._fail(claim, error)
        return self._embed(claim, keeper)

    def _parse(self, claim: Claim, keeper: ClaimKeeper) -> ParsedDocument:
        self._queue.change(claim, state=PARSING, pages_done=0, pages_total=0, updated_at=datetime.now(UTC))
        with tempfile.TemporaryDirectory(prefix="pedalcast-document-") as folder, self._timed("parse"):
            path, pictures = Path(folder) / "file", Path(folder) / "pictures"
            pictures.mkdir()
            try:
                self._objects.fetch_file(object_key(claim.id, claim.file_key), path)
            except ObjectNotFound:
                raise _DAMAGED from None
            parsed = parse_in_child(path, claim.name, self._limits, keeper.pages, keeper.must_stop, pictures)
            keeper.check()
            store_pictures(self._objects, claim.id, claim.file_key, pictures)
            return parsed

    def _write(self, claim: Claim, parsed: ParsedDocument, keeper: ClaimKeeper) -> None:
        keeper.check()
        title = parsed.title[:500]
        pages = len(parsed.page_starts)
        values = {"state": EMBEDDING, "kind": parsed.kind, "title": title, "pages_done": pages, "pages_total": pages,
                  "details": {"notes": parsed.notes, "characters": len(parsed.text)}}  # fmt: skip
        document = Document(
            claim.id, title, parsed.text, url=f"{PATH}/{claim.id}", page_starts=tuple(parsed.page_starts),
            metadata={"file": claim.name, KIND: parsed.kind, TAG: parsed.tags},
            outline=tuple((start, level, words) for start, level, words in parsed.outline),
            pictures=tuple(Picture(name, alt, offset) for offset, name, alt in parsed.pictures),
        )  # fmt: skip
        with self._timed("write"):
            report = self._index.write_one(
                document, claim.bot_id, lambda connection: self._queue.change_within(connection, claim, **values)
            )
        if report.unchanged:
            self._queue.change(claim, **values)

    def _embed(self, claim: Claim, keeper: ClaimKeeper) -> str:
        with self._timed("embed"):
            self._index.embed_one(claim.id, claim.bot_id, lambda *_: keeper.check())
        keeper.check()
        if self._index.store.waiting_count(claim.bot_id, claim.id):
            self._queue.release(claim, _VECTORS_S, counts=False)
            return "vectors_wait"
        answering = {name: getattr(claim, name) for name in _FACTS}
        self._queue.finish(claim, state=READY, answering=answering, error_code=None, error_message=None, attempts=0,
                           updated_at=datetime.now(UTC))  # fmt: skip
        self._drop_file(claim, (claim.answering or answering)["file_key"], kept=claim.file_key)
        return READY

    def _fail(self, claim: Claim, error: ParseError) -> str:
        """Say what is wrong. Where an earlier version is there untouched, the document goes back to it."""
        values: dict[str, Any] = {"error_code": error.code[:64], "error_message": error.message[:500],
                                  "updated_at": datetime.now(UTC), "attempts": 0}  # fmt: skip
        if claim.answering is not None and claim.state != EMBEDDING:
            self._queue.finish(claim, state=READY, **restored(claim.answering), **values)
            self._drop_file(claim, claim.file_key, kept=claim.answering["file_key"])
            return "kept_earlier"
        with self._index.store.transaction() as connection:
            self._queue.change_within(
                connection, claim, state=FAILED, live_hash=None, answering=None, lease_until=None, worker=None, **values
            )
            self._drop(connection, claim)
        self._index.publish(claim.bot_id)
        return FAILED

    def _delete(self, claim: Claim) -> str:
        with self._index.store.transaction() as connection:
            self._queue.change_within(connection, claim)
            self._drop(connection, claim)
        self._index.publish(claim.bot_id)
        self._index.sweep()
        for key in self._objects.list(f"documents/{claim.id}/"):
            self._objects.delete(key)
        self._queue.finish(claim, state=DELETED, updated_at=datetime.now(UTC), **_EMPTY)
        return DELETED

    def _drop_file(self, claim: Claim, file_key: str, *, kept: str) -> None:
        """Delete a file that is not needed any more; what fails here goes with the document."""
        if file_key == kept:
            return
        try:
            delete_stored_file(self._objects, claim.id, file_key)
        except ObjectError as error:
            log.warning("earlier file not deleted", document_id=claim.id, error=type(error).__name__)

    def _drop(self, connection: Connection, claim: Claim) -> None:
        if drop_document(connection, claim.bot_id, claim.id):
            raise_version(connection, claim.bot_id)

    def _give_back(self, claim: Claim, after_s: float, *, counts: bool = True) -> str:
        try:
            self._queue.release(claim, after_s, counts=counts)
        except ClaimLostError:
            return "lost"
        except DBAPIError as error:  # the lease runs out instead
            log.warning("database unavailable, document not given back", error=type(error).__name__)
        return "retried" if counts else "given_back"

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._metrics.steps.labels(step).observe(time.perf_counter() - began)


def restored(answering: Any) -> dict[str, Any]:
    """The columns of a row whose newer version is given up."""
    return {name: answering[name] for name in _FACTS} | {"live_hash": answering["sha256"]}
