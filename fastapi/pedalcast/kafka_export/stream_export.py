"""The worker that carries polls from the stream to Kafka, each at least once."""

from __future__ import annotations

import socket
from typing import Any

import redis

from collector.storage.stream_entry import STREAM, read_rows, rows_of_answer
from pedalcast.kafka_export.metrics import ExportMetrics
from pedalcast.kafka_export.station_message import station_messages
from pedalcast.kafka_export.topic_producer import TopicProducer
from pedalcast.kit.runtime.background_worker import BackgroundWorker, Backoff

GROUP = "kafka"
BATCH = 6  # entries read at once: half an hour of polls
BLOCK_MS = 250
ABANDONED_MS = 120_000  # an entry not acknowledged for so long belongs to a replica that is gone
BACKOFF = Backoff(first_s=1.0, longest_s=30.0)


class StreamExport:
    """A consumer of the stream. Replicas share a group: each poll is carried by one of them.

    An entry is acknowledged when the broker has all of it. Without a broker the stream keeps the polls, for about three
    days; after a failure a poll is sent as a whole again, so readers must expect a message twice.
    """

    def __init__(self, client: redis.Redis, producer: TopicProducer, metrics: ExportMetrics) -> None:
        self._redis, self._producer, self._metrics = client, producer, metrics
        self._consumer = socket.gethostname()
        self._unfinished = True  # entries may have been handed to this consumer and never acknowledged
        self.worker = BackgroundWorker(
            "kafka-export",
            self.carry,
            backoff=BACKOFF,
            late_after_s=600.0,
            on_failure=lambda error: metrics.failures.labels(type(error).__name__).inc(),
        )

    def carry(self) -> int:
        """Carry what waits, at most `BATCH` polls; how many messages. Waits a moment where nothing does.

        Raises `redis.RedisError` and `KafkaUnavailableError`; what was not acknowledged comes again.
        """
        try:
            rows = self._waiting()
        except redis.ResponseError as error:
            if not str(error).startswith("NOGROUP"):
                raise
            self._make_group()
            return 0
        self._unfinished = bool(rows)
        sent = 0
        for row in rows:
            for entry in read_rows([row]):  # none, where it was trimmed or cannot be read
                sent += self._producer.send(station_messages(entry))
                self._metrics.carried(entry.header)
            self._redis.xack(STREAM, GROUP, row[0])
        return sent

    def _waiting(self) -> list[Any]:
        """Entries of this consumer's that are unfinished, else abandoned ones, else new ones."""
        if self._unfinished and (rows := self._read("0", None)):
            return rows
        answer: Any = self._redis.xautoclaim(STREAM, GROUP, self._consumer, ABANDONED_MS, count=BATCH)
        return answer[1] or self._read(">", BLOCK_MS)

    def _read(self, after: str, block_ms: int | None) -> list[Any]:
        answer: Any = self._redis.xreadgroup(GROUP, self._consumer, {STREAM: after}, count=BATCH, block=block_ms)
        return rows_of_answer(answer)

    def _make_group(self) -> None:
        try:
            self._redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):  # another replica made it meanwhile
                raise
