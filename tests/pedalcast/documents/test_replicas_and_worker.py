"""Three replicas and a worker process on one database, Redis, vector store and object store."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from pedalcast.settings import Settings
from tests.database_tables import drop_tables
from tests.pedalcast.documents.document_service import DocumentClient, document_service
from tests.pedalcast.documents.worker_process import worker_process
from tests.pedalcast.rag.storage.vectors.qdrant_server_process import qdrant_server

pytestmark = pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")  # on loopback
Eventually = Callable[[Callable[[], bool]], None]
TANDEM = b"# Bells\n\nThe bell of a folding tandem is tuned to A flat.\n"
QUESTION = "Which note is the bell of a folding tandem tuned to?"
SOON_S = 2.0
KEY = "a key of the tests, thirty-two characters long"


@pytest.fixture(params=["pgvector", "qdrant"])
def replicas(
    request: pytest.FixtureRequest, people_settings: Settings, models: Path, s3_url: str, tmp_path: Path
) -> Iterator[list[DocumentClient]]:
    """The three, with their worker."""
    start_service = request.getfixturevalue("start_service")
    with ExitStack() as stack:
        database = request.getfixturevalue("pgvector_url")
        asyncio.run(drop_tables(database))
        stack.callback(lambda: asyncio.run(drop_tables(database)))
        qdrant = stack.enter_context(qdrant_server("key")) if request.param == "qdrant" else None
        bucket, _, prefix = s3_url.removeprefix("s3://").partition("/")
        shared = people_settings.model_copy(update={
            "chat": True, "database_url": SecretStr(database), "vector_store": request.param, "s3_bucket": bucket,
            "s3_prefix": prefix, "s3_endpoint_url": os.environ["S3_ENDPOINT_URL"], "document_worker": False,
            "jwt_secret_key": SecretStr(KEY), "qdrant_url": qdrant.url if qdrant else None,
            "qdrant_api_key": SecretStr("key") if qdrant else None,
        })  # fmt: skip
        running: list[DocumentClient] = []
        for n in range(3):
            own = shared.model_copy(update={"data_dir": tmp_path / f"replica{n}"})
            first = running[0] if running else None
            running.append(stack.enter_context(document_service(own, start_service, models, of=first)))
            running[-1].answers(QUESTION)  # loads its models
        stack.enter_context(worker_process(shared.model_copy(update={"data_dir": tmp_path / "worker"}), models))
        yield running


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_an_upload_is_answered_from_everywhere_and_a_deletion_gone_everywhere(
    replicas: list[DocumentClient], eventually: Eventually
) -> None:
    document = replicas[0].upload("bells.md", TANDEM).json()["id"]
    eventually(lambda: replicas[1].state(document) in {"ready", "failed"})
    assert replicas[2].state(document) == "ready"
    for replica in replicas:
        assert _within(SOON_S, lambda replica=replica: replica.answers(QUESTION) == {document})  # type: ignore[misc]
        assert replica.call("GET", f"/{document}/download").content == TANDEM
    assert replicas[1].call("DELETE", f"/{document}").status_code == 202
    for replica in replicas:
        assert _within(SOON_S, lambda replica=replica: replica.answers(QUESTION) == set())  # type: ignore[misc]
    eventually(lambda: replicas[2].runtime.documents.objects.list("documents/") == [])
    assert replicas[0].retrieval.store.removed() == []
    assert replicas[0].call("GET", f"/{document}").status_code == 410
