"""No bot gets more documents than it may have, however many uploads come at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pedalcast.documents import service
from pedalcast.settings import Settings
from tests.pedalcast.documents.document_service import document_service

MOST, AT_ONCE = 3, 12


def test_uploads_at_the_same_moment(
    document_settings: Settings, database_url: str, start_service: Any, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_DOCUMENTS", MOST)
    settings = document_settings.model_copy(update={"database_url": SecretStr(database_url), "document_worker": False})
    with document_service(settings, start_service, models) as documents, ThreadPoolExecutor(AT_ONCE) as pool:
        together = threading.Barrier(AT_ONCE)

        def upload(number: int) -> tuple[int, str | None]:
            together.wait(60)
            response = documents.upload(f"{number}.txt", f"Rule {number}.".encode())
            return response.status_code, response.json().get("error")

        answers = list(pool.map(upload, range(AT_ONCE)))
        assert sorted(answers, key=str) == [(202, None)] * MOST + [(409, "too_many_documents")] * (AT_ONCE - MOST)
        assert len(documents.call("GET", bot_id=documents.bot_id).json()["data"]) == MOST


def test_one_that_was_cancelled_counts_again(
    document_settings: Settings, start_service: Any, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_DOCUMENTS", 1)
    settings = document_settings.model_copy(update={"document_worker": False})
    with document_service(settings, start_service, models) as documents:
        first = documents.upload("1.txt", b"Rule 1.").json()["id"]
        assert documents.call("POST", f"/{first}/cancel").status_code == 200
        second = documents.upload("2.txt", b"Rule 2.").json()["id"]
        refused = documents.call("POST", f"/{first}/reindex")
        assert (refused.status_code, refused.json()["error"]) == (409, "too_many_documents")
        assert documents.call("DELETE", f"/{second}").status_code == 202
        assert documents.call("POST", f"/{first}/reindex").status_code == 202
