"""`python -m pedalcast worker`: takes documents in, in a process of its own."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import replace

import structlog
from prometheus_client import CollectorRegistry, start_http_server
from sqlalchemy.exc import DBAPIError

from forecaster.objects import open_objects
from pedalcast.chat.answers.version_board import RedisVersionBoard
from pedalcast.chat.config import rag_config
from pedalcast.documents.ingestion.document_job import IngestionParts
from pedalcast.documents.ingestion.document_queue import DocumentQueue
from pedalcast.documents.ingestion.document_worker import LOOK_S, DocumentWorker
from pedalcast.documents.lifespan import worker_name
from pedalcast.documents.metrics import DocumentMetrics
from pedalcast.documents.parsing.child_process import ParseLimits
from pedalcast.kit import redis_connection
from pedalcast.kit.runtime.background_worker import BackgroundWorker
from pedalcast.rag.storage.document_index import DocumentIndex
from pedalcast.settings import Settings, SettingsError

STOP_S = 60.0
log = structlog.get_logger(__name__)


def work(settings: Settings, metrics_port: int | None = None) -> None:
    """Take documents in until interrupted. Raises `SettingsError` without REDIS_URL.

    Where vectors lie in the folder of DATA_DIR, the service owns it and stores what is worked out here.
    """
    if settings.redis_url is None:
        raise SettingsError("REDIS_URL must be set (the service's own)")
    url = settings.redis_url.get_secret_value()
    registry = CollectorRegistry()
    with ExitStack() as stack:
        client = stack.enter_context(redis_connection.connect(url))
        config = rag_config(settings)
        config = replace(config, vectors_elsewhere=config.vector_store == "qdrant" and not config.qdrant_url)
        index = DocumentIndex(config, RedisVersionBoard(client))
        stack.callback(index.close)
        parts = IngestionParts(
            DocumentQueue(index.store.engine, worker_name("worker")),
            open_objects(settings.objects_url, endpoint_url=settings.s3_endpoint_url),
            ParseLimits(seconds=settings.document_timeout.total_seconds()),
            DocumentMetrics(registry),
            threading.Event(),
        )
        worker = DocumentWorker(parts, lambda: index)
        thread = BackgroundWorker(
            "documents", worker.run_round, every_s=LOOK_S, expected=(DBAPIError,), background=False
        )
        if metrics_port is not None:
            start_http_server(metrics_port, registry=registry)
        stack.callback(thread.stop, STOP_S)
        stack.callback(parts.stopping.set)
        log.info("worker takes documents in", worker=worker_name("worker"), vectors_elsewhere=config.vectors_elsewhere)
        thread.start()
        while not thread.join(1.0):
            pass
    raise RuntimeError("the worker's thread died")
