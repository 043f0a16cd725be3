"""Everything about knowledge bases in one go: two whole services and a worker process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import redis
from pydantic import SecretStr

from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.knowledge.articles import HELP
from pedalcast.settings import Settings
from tests.pedalcast.chat.conftest import PATIENT
from tests.pedalcast.conftest import running
from tests.pedalcast.documents.worker_process import worker_process
from tests.pedalcast.walk.knowledge_base_walk import KnowledgeBaseWalk, page, until

pytestmark = pytest.mark.timeout(1800)  # a worker gives way to everything else on a busy machine
KEY = SecretStr("a key of the tests, thirty-two characters long")
ARTICLES = ("city.toml", "en/renting.md", "ko/renting.md", "images/qr-code.svg")


def publish_stations(client: redis.Redis) -> None:
    """Two polls of a small city, the last one just now."""
    now = datetime.now(UTC)
    city, store = SimulatedCity(seed=7, stations=20, start=now - timedelta(minutes=5)), SnapshotStore(client)
    for at in (now - timedelta(minutes=5), now):
        store.publish(city.fetch(at))


@pytest.fixture
def shared_settings(settings: Settings, pgvector_url: str, s3_url: str, tmp_path: Path) -> Settings:
    """What the services and the worker have in common; of the help one article, so that it is soon indexed."""
    for name in ARTICLES:
        (tmp_path / "help" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HELP / name, tmp_path / "help" / name)
    bucket, _, prefix = s3_url.removeprefix("s3://").partition("/")
    return settings.model_copy(update=PATIENT | {
        "chat": True, "database_url": SecretStr(pgvector_url), "vector_store": "pgvector", "s3_bucket": bucket,
        "s3_prefix": prefix, "s3_endpoint_url": os.environ["S3_ENDPOINT_URL"], "document_worker": False,
        "jwt_secret_key": KEY, "help_dir": tmp_path / "help", "retrain_every": timedelta(0),
    })  # fmt: skip


@pytest.fixture
def replicas(shared_settings: Settings, redis_client: redis.Redis, tmp_path: Path) -> Iterator[list[httpx.Client]]:
    """Clients of two services that share a database, a Redis and an object store with a worker."""
    publish_stations(redis_client)
    models = tmp_path / "models"
    models.mkdir()

    def own(name: str) -> Settings:
        (tmp_path / name / "rag").mkdir(parents=True)
        (tmp_path / name / "rag" / "models").symlink_to(models)
        return shared_settings.model_copy(update={"data_dir": tmp_path / name})

    with ExitStack() as stack:
        clients = [stack.enter_context(running(create_app(own(name)))) for name in ("replica1", "replica2")]
        for client in clients:
            client.timeout = httpx.Timeout(120)
            until(lambda client=client: client.post("/api/v1/chat", json={"question": "안녕"}).is_success)  # type: ignore[misc]
        stack.enter_context(
            worker_process(shared_settings.model_copy(update={"data_dir": tmp_path / "worker"}), models)
        )
        yield clients


def test_from_a_guests_question_to_a_deleted_document(
    replicas: list[httpx.Client], redis_client: redis.Redis, shared_data: Path
) -> None:
    walk = KnowledgeBaseWalk(replicas, shared_data / "documents" / "files", lambda: publish_stations(redis_client))
    walk.run()
    if "WALK_PAGE" in os.environ:
        Path(os.environ["WALK_PAGE"]).write_text("\n".join(page(walk.log)) + "\n", encoding="utf-8")
