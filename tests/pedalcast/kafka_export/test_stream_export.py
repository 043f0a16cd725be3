"""Polls from a real Redis to a real broker, and what happens without one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import redis
from confluent_kafka import Consumer, TopicPartition
from prometheus_client import CollectorRegistry

from collector.snapshot import Snapshot, Station, System
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.kafka_export.metrics import ExportMetrics
from pedalcast.kafka_export.stream_export import GROUP, StreamExport
from pedalcast.kafka_export.topic_producer import KafkaUnavailableError, TopicProducer
from pedalcast.settings import Settings, SettingsError
from tests.kafka_broker import free_port, kafka_broker, make_topic, tansu
from tests.missing import missing
from tests.pedalcast.conftest import running

TOPIC = "pedalcast.stations"
AT = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def program() -> str:
    return tansu() or missing("the wheel with Tansu")


@pytest.fixture
def broker(program: str) -> Iterator[str]:
    with kafka_broker(program, free_port()) as address:
        make_topic(address, TOPIC)
        yield address


def poll(minutes: int, *, stations: int = 40) -> Snapshot:
    """A poll so many minutes later."""
    at = AT + timedelta(minutes=minutes)
    found = tuple(
        Station(f"ST-{i}", f"Station {i}", bikes=i % 7, docks=None if i % 2 else 3, reported_at=at)
        for i in range(stations)
    )
    return Snapshot(System("seoul", "Seoul", "Asia/Seoul"), at, at, found)


def received(address: str, count: int) -> list[Any]:
    """So many messages of the topic, all partitions, oldest first."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "reader", "enable.auto.commit": False})
    partitions = consumer.list_topics(TOPIC, timeout=30).topics[TOPIC].partitions
    consumer.assign([TopicPartition(TOPIC, partition, 0) for partition in partitions])
    messages: list[Any] = []
    until = time.monotonic() + 60
    while len(messages) < count and time.monotonic() < until:
        message = consumer.poll(0.5)
        if message is not None and message.error() is None:
            messages.append(message)
    consumer.close()
    return messages


def export_to(address: str, client: redis.Redis, **options: Any) -> StreamExport:
    return StreamExport(client, TopicProducer(address, TOPIC, options), ExportMetrics(CollectorRegistry()))


def carry_all(export: StreamExport) -> int:
    """Carry until nothing waits; how many messages."""
    sent = [export.carry()]  # the first may only make the group
    while len(sent) < 2 or sent[-1]:
        sent.append(export.carry())
    return sum(sent)


def test_every_station_of_every_poll_arrives_keyed_and_versioned(broker: str, redis_client: redis.Redis) -> None:
    store = SnapshotStore(redis_client)
    for minutes in (0, 5):
        store.publish(poll(minutes))

    assert carry_all(export_to(broker, redis_client)) == 80

    messages = received(broker, 80)
    values = [orjson.loads(message.value()) for message in messages]
    assert len(messages) == 80
    assert {message.key().decode() for message in messages} == {f"ST-{i}" for i in range(40)}
    assert all(value["station_id"].encode() == message.key() for value, message in zip(values, messages, strict=True))
    assert {tuple(message.headers()) for message in messages} == {(("schema", b"pedalcast.station"), ("version", b"1"))}
    first = next(value for value in values if value["station_id"] == "ST-3")
    assert first == {
        "v": 1,
        "system": "seoul",
        "observed_at": "2026-11-20T10:05:00Z",
        "window": "2026-11-20T10:05:00Z",
        "station_id": "ST-3",
        "bikes": 3,
        "docks": None,
        "ebikes": None,
        "capacity": None,
        "reported_at": "2026-11-20T10:05:00Z",
        "installed": True,
        "renting": True,
        "returning": True,
    }
    partitions = {(message.key(), message.partition()) for message in messages}
    assert len(partitions) == 40  # a station's messages lie in one


def test_without_a_broker_polls_wait_and_arrive_later(program: str, redis_client: redis.Redis) -> None:
    store, port = SnapshotStore(redis_client), free_port()
    store.publish(poll(0))
    export = export_to(f"127.0.0.1:{port}", redis_client, **{"message.timeout.ms": 300})
    export.carry()  # makes the group
    with pytest.raises(KafkaUnavailableError):
        export.carry()
    store.publish(poll(5))
    pending: Any = redis_client.xpending("stream:snapshots", GROUP)
    assert pending["pending"] == 1

    with kafka_broker(program, port) as address:
        make_topic(address, TOPIC)
        assert carry_all(export_to(address, redis_client)) == 80
        assert len(received(address, 80)) == 80
    after: Any = redis_client.xpending("stream:snapshots", GROUP)
    assert after["pending"] == 0


def test_a_running_service_exports(broker: str, settings: Settings, redis_client: redis.Redis) -> None:
    with running(create_app(settings.model_copy(update={"kafka_bootstrap": broker}))) as client:
        SnapshotStore(redis_client).publish(poll(0))
        assert len(received(broker, 40)) == 40
        until = time.monotonic() + 30
        while (text := client.get("/metrics").text) and time.monotonic() < until:
            if "pedalcast_kafka_messages_total 40.0" in text:
                break
            time.sleep(0.1)
        assert "pedalcast_kafka_messages_total 40.0" in text


def test_an_option_that_does_not_exist_names_itself(redis_client: redis.Redis) -> None:
    with pytest.raises(SettingsError, match=r"KAFKA_OPTIONS: .*no\.such\.option"):
        export_to("127.0.0.1:9", redis_client, **{"no.such.option": "1"})
