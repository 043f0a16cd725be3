"""While the object store is away nothing is lost, and requests say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from forecaster.objects.folder import FolderObjects
from pedalcast.documents.models import UploadedDocument
from tests.pedalcast.documents.document_service import DocumentClient

Eventually = Callable[[Callable[[], bool]], None]


@contextmanager
def store_away(documents: DocumentClient) -> Iterator[None]:
    """A plain file lies where the store's folder was."""
    objects = documents.runtime.documents.objects
    assert isinstance(objects, FolderObjects)
    kept = objects.root.with_name("kept")
    objects.root.rename(kept)
    objects.root.touch()
    try:
        yield
    finally:
        objects.root.unlink()
        kept.rename(objects.root)


def attempts(documents: DocumentClient, document: str) -> int:
    """How many of the document's attempts have counted."""
    query = select(UploadedDocument.attempts).where(UploadedDocument.id == document)
    with documents.runtime._engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def outcomes(documents: DocumentClient, outcome: str) -> float:
    """How often work on a document has ended like this."""
    name = "pedalcast_documents_total"
    return documents.service.registry.get_sample_value(name, {"outcome": outcome}) or 0.0


def test_an_outage_is_said_and_waited_out(documents: DocumentClient, eventually: Eventually) -> None:
    document = documents.upload("a.md", b"# Locks\n\nEvery dock has a lock.").json()["id"]
    eventually(lambda: documents.state(document) == "ready")
    with store_away(documents):
        for refused in (
            documents.upload("b.md", b"# Chains"),
            documents.upload("b.md", b"# Chains", document_id=document),
            documents.call("GET", f"/{document}/download"),
        ):
            assert (refused.status_code, refused.json()["error"]) == (503, "store_unavailable")
        assert documents.call("POST", f"/{document}/reindex").status_code == 202
        eventually(lambda: outcomes(documents, "given_back") > 0)
        assert documents.state(document) in {"queued", "parsing"}
        assert attempts(documents, document) <= 1
    eventually(lambda: documents.state(document) == "ready")
    eventually(lambda: len(documents.call("GET", bot_id=documents.bot_id).json()["data"]) == 1)
    assert len(documents.runtime.documents.objects.list("documents/")) == 1


def test_a_cancelled_upload_is_cancelled_while_the_store_is_away(
    documents: DocumentClient, eventually: Eventually
) -> None:
    document = documents.upload("a.md", b"# Locks\n\nEvery dock has a lock.").json()["id"]
    eventually(lambda: documents.state(document) == "ready")
    with store_away(documents):
        assert documents.call("POST", f"/{document}/reindex").status_code == 202
        cancelled = documents.call("POST", f"/{document}/cancel")
        assert (cancelled.status_code, cancelled.json()["state"]) == (200, "ready")
        assert documents.call("POST", f"/{document}/cancel").json()["error"] == "document_state"
    assert documents.call("GET", f"/{document}/download").status_code == 200
