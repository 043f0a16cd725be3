"""The export as a running part of the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pedalcast.kafka_export.metrics import ExportMetrics
from pedalcast.kafka_export.stream_export import BLOCK_MS, StreamExport
from pedalcast.kafka_export.topic_producer import TopicProducer
from pedalcast.kit.context import AppContext
from pedalcast.kit.redis_connection import connect
from pedalcast.settings import Settings


@asynccontextmanager
async def start(context: AppContext, settings: Settings) -> AsyncIterator[None]:
    """Carry polls to Kafka until left, where `KAFKA_BOOTSTRAP` is set. Raises `SettingsError`."""
    if settings.kafka_bootstrap is None:
        yield
        return
    producer = TopicProducer(settings.kafka_bootstrap, settings.kafka_topic, settings.kafka_client_options)
    client = connect(context.redis_url, block_s=BLOCK_MS / 1000)
    export = StreamExport(client, producer, ExportMetrics(context.metrics))
    context.workers.start(export.worker)
    try:
        yield
    finally:
        await asyncio.to_thread(export.worker.stop)
        client.close()
