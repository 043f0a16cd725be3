"""The metrics of several processes in one answer: whichever of them Prometheus reaches, it hears of all.

Each process answers the others on a unix socket. Every sample gets the label `process`: a counter stays one that only
grows, whichever process answers, and a gauge is told apart from its siblings'.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

ANSWER_S = 2.0  # a process that does not answer in this time is left out


class MetricsExchange:
    """The exchange of process `number` in `folder`, which all of them share. `start` makes it heard by the others."""

    def __init__(self, folder: Path, number: int, registry: CollectorRegistry) -> None:
        self._folder = folder
        self._number = number
        self._registry = registry

    def start(self) -> None:
        """Answer the others from a daemon thread."""
        path = self._folder / f"{self._number}.sock"
        path.unlink(missing_ok=True)
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(path))
        server.listen(16)
        threading.Thread(target=self._answer, args=(server,), name="metrics-exchange", daemon=True).start()

    def text(self) -> bytes:
        """The samples of all processes that answer, in Prometheus' text format."""
        texts = {str(self._number): generate_latest(self._registry)}
        for path in sorted(self._folder.glob("*.sock")):
            if path.stem not in texts:
                with suppress(OSError):
                    texts[path.stem] = _ask(path)
        return generate_latest(_Merged(texts))

    def _answer(self, server: socket.socket) -> None:
        while True:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.settimeout(ANSWER_S)
                connection.sendall(generate_latest(self._registry))


class _Merged:
    """The families of several texts, each sample with its process."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self._texts = texts

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for number, text in sorted(self._texts.items()):
            for family in text_string_to_metric_families(text.decode()):
                merged = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                merged.samples += [
                    Sample(sample.name, {**sample.labels, "process": number}, sample.value) for sample in family.samples
                ]
        yield from families.values()


def _ask(path: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_S)
        connection.connect(str(path))
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
        return b"".join(parts)
