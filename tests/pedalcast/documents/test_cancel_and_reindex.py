"""Over a socket: an upload is cancelled in each of its states, and a document taken in again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pedalcast.documents.ingestion import document_job
from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError
from pedalcast.rag.storage.document_index import DocumentIndex
from pedalcast.settings import Settings
from tests.pedalcast.documents.document_service import DocumentClient, document_service
from tests.pedalcast.people_service import bearer

Eventually = Callable[[Callable[[], bool]], None]
TANDEM = b"# Bells\n\nThe bell of a folding tandem is tuned to A flat.\n"
QUESTION = "Which note is the bell of a folding tandem tuned to?"


def cancelled(documents: DocumentClient, document: str) -> None:
    """Cancel it, and see that nothing of it is left, also once its worker has noticed."""
    answer = documents.call("POST", f"/{document}/cancel")
    assert (answer.status_code, answer.json()["state"], answer.json()["error"]) == (200, "cancelled", None)
    again = documents.call("POST", f"/{document}/cancel")
    assert (again.status_code, again.json()["error"]) == (409, "document_state")
    assert documents.answers(QUESTION) == set()
    time.sleep(1.5)  # longer than a worker needs to notice
    assert documents.state(document) == "cancelled"
    assert (documents.answers(QUESTION), documents.retrieval.store.count(documents.bot_id)) == (set(), 0)


class TestCancel:
    def test_while_bytes_come(
        self, documents: DocumentClient, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pedalcast.documents.intake.multipart_upload._REPORT_BYTES", 1 << 14)
        go_on = threading.Event()

        def body() -> Iterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
            yield b"y" * (1 << 16)
            go_on.wait(60)
            for _ in range(4):
                yield b"y" * (1 << 15)
            yield b"\r\n--x--\r\n"

        def upload() -> tuple[int, str]:
            headers = bearer(documents.token) | {"Content-Type": "multipart/form-data; boundary=x"}
            answer = documents.service.client.post(
                "/api/v1/documents/upload", params={"bot_id": documents.bot_id}, headers=headers, content=body()
            )
            return answer.status_code, answer.json()["error"]

        def coming() -> list[dict[str, Any]]:
            data: list[dict[str, Any]] = documents.call("GET", bot_id=documents.bot_id, state="uploading").json()[
                "data"
            ]
            return [one for one in data if one["size"] > 0]

        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(upload)
            eventually(lambda: len(coming()) == 1)
            cancelled(documents, coming()[0]["id"])
            go_on.set()
            assert sent.result(60) == (409, "document_state")
        assert documents.runtime.documents.objects.list("documents/") == []

    def test_while_it_waits(self, document_settings: Settings, start_service: Any, models: Path) -> None:
        settings = document_settings.model_copy(update={"document_worker": False})
        with document_service(settings, start_service, models) as documents:
            document = documents.upload("bells.md", TANDEM).json()["id"]
            assert documents.state(document) == "queued"
            cancelled(documents, document)
            assert documents.upload("bells.md", TANDEM).json()["duplicate"] is False

    def test_while_it_is_read(
        self, documents: DocumentClient, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ended = threading.Event()

        def read(
            _path: Path, _name: str, _limits: object, _pages: object, stop: Callable[[], bool], _pictures: Path
        ) -> ParsedDocument:
            while not stop():
                time.sleep(0.02)
            ended.set()
            raise ParseError("cancelled", "The upload was cancelled.")

        monkeypatch.setattr(document_job, "parse_in_child", read)
        document = documents.upload("bells.md", TANDEM).json()["id"]
        eventually(lambda: documents.state(document) == "parsing")
        cancelled(documents, document)
        assert ended.wait(30)

    def test_while_it_is_embedded(
        self, documents: DocumentClient, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ended = threading.Event()

        def embed(_self: DocumentIndex, _document: str, _bot: str, on_embedded: Callable[[int, int], None]) -> int:
            try:
                while True:
                    on_embedded(0, 1)
                    time.sleep(0.02)
            finally:
                ended.set()

        with monkeypatch.context() as patched:
            patched.setattr(DocumentIndex, "embed_one", embed)
            document = documents.upload("bells.md", TANDEM).json()["id"]
            eventually(lambda: documents.state(document) == "embedding")
            assert documents.answers(QUESTION) == {document}  # words find it already
            cancelled(documents, document)
            assert ended.wait(30)
        assert documents.call("POST", f"/{document}/reindex").status_code == 202
        eventually(lambda: documents.state(document) == "ready")
        assert documents.answers(QUESTION) == {document}


class TestReindex:
    def test_of_one_that_is_ready(self, documents: DocumentClient, eventually: Eventually) -> None:
        document = documents.upload("bells.md", TANDEM).json()["id"]
        assert documents.call("POST", f"/{document}/reindex").status_code in {202, 409}  # 409 while it is taken in
        eventually(lambda: documents.state(document) == "ready")
        again = documents.call("POST", f"/{document}/reindex/")
        assert (again.status_code, again.json()["answering"]) == (202, 1)
        assert again.json()["state"] in {"queued", "parsing"}  # the worker may have taken it already
        assert documents.answers(QUESTION) == {document}  # meanwhile, too
        eventually(lambda: documents.state(document) == "ready")
        assert documents.answers(QUESTION) == {document}
        assert documents.retrieval.index.vectors("en").count() == 1  # type: ignore[attr-defined]

    def test_of_one_that_is_under_way_or_gone(
        self, document_settings: Settings, start_service: Any, models: Path
    ) -> None:
        settings = document_settings.model_copy(update={"document_worker": False})
        with document_service(settings, start_service, models) as documents:
            document = documents.upload("bells.md", TANDEM).json()["id"]
            refused = documents.call("POST", f"/{document}/reindex")
            assert (refused.status_code, refused.json()["error"]) == (409, "document_state")
            documents.call("POST", f"/{document}/cancel")
            other = documents.upload("other.md", TANDEM).json()["id"]
            twice = documents.call("POST", f"/{document}/reindex")  # its content has come again meanwhile
            assert (twice.status_code, twice.json()["document_id"]) == (409, other)
            assert documents.call("DELETE", f"/{document}").status_code == 202
            assert documents.call("POST", f"/{document}/reindex").status_code == 410
