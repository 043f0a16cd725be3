"""Messages into a topic, and whether the broker has them all."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pedalcast.kafka_export.station_message import HEADERS, StationMessage
from pedalcast.settings import SettingsError

if TYPE_CHECKING:
    from confluent_kafka import Producer

TIMEOUT_S = 10.0  # for a batch to be taken; after that it is sent again
CLIENT = "pedalcast"


class KafkaUnavailableError(ConnectionError):
    """The broker did not confirm every message."""


class TopicProducer:
    """Sends batches: each is with all replicas in sync when `send` returns. Not thread-safe."""

    def __init__(self, bootstrap: str, topic: str, options: Mapping[str, Any]) -> None:
        """`options` are further settings of librdkafka. Raises `SettingsError` where the client is not installed or
        refuses them."""
        try:
            from confluent_kafka import KafkaException, Producer  # noqa: PLC0415 (optional)
        except ImportError:
            raise SettingsError("KAFKA_BOOTSTRAP needs Kafka's client: install requirements/kafka.txt") from None
        self._topic = topic
        settings = {
            "bootstrap.servers": bootstrap,
            "client.id": CLIENT,
            "acks": "all",
            "compression.type": "lz4",
            "linger.ms": 20,
            "message.timeout.ms": int(TIMEOUT_S * 1000),
            **options,
        }
        try:
            self._producer: Producer = Producer(settings, logger=_silent())
        except (KafkaException, ValueError, TypeError) as error:  # whose message names the option, not its value
            raise SettingsError(f"KAFKA_OPTIONS: {_reason(error)}") from None

    def send(self, messages: Iterable[StationMessage]) -> int:
        """Send and wait; how many. Raises `KafkaUnavailableError` unless all have arrived: some of them may have."""
        failed: list[str] = []
        count = 0
        for message in messages:
            self._produce(message, failed)
            count += 1
        left = self._producer.flush(TIMEOUT_S + 1.0)
        if failed or left:
            self._producer.purge()
            self._producer.flush(1.0)
            raise KafkaUnavailableError(f"{len(failed) + left} of {count} messages were not taken: {failed[:1]}")
        return count

    def _produce(self, message: StationMessage, failed: list[str]) -> None:
        def delivered(error: Any, _: Any) -> None:
            if error is not None:
                failed.append(error.name())

        while True:
            try:
                self._producer.produce(
                    self._topic, key=message.key, value=message.value, headers=HEADERS, on_delivery=delivered
                )
            except BufferError:  # the queue is full: let some go out
                if failed:
                    return
                self._producer.poll(0.1)
            else:
                self._producer.poll(0)
                return


def _reason(error: Exception) -> str:
    first = error.args[0] if error.args else error
    return first.str() if hasattr(first, "str") else str(first)


def _silent() -> logging.Logger:
    """Librdkafka's own lines name brokers at every attempt; the worker says once that nothing goes out."""
    logger = logging.getLogger("confluent_kafka")
    logger.setLevel(logging.CRITICAL)
    return logger
