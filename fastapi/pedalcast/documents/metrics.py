"""What documents count and time."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 900.0)


class DocumentMetrics:
    """Made once a process. `waiting` and `oldest` are those of all workers, as this one sees them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.outcomes = Counter(
            "pedalcast_documents_total", "Documents that a worker has done with, by outcome", ["outcome"],
            registry=registry,
        )  # fmt: skip
        self.steps = Histogram(
            "pedalcast_document_seconds", "Time of each step of taking a document in", ["step"], buckets=_STEPS,
            registry=registry,
        )  # fmt: skip
        self.uploads = Counter(
            "pedalcast_document_uploads_total", "Uploaded files, by outcome", ["outcome"], registry=registry
        )
        self.waiting = Gauge("pedalcast_documents_waiting", "Documents that are not done yet", registry=registry)
        self.oldest = Gauge(
            "pedalcast_documents_oldest_seconds", "How long the document that no worker has taken waits",
            registry=registry,
        )  # fmt: skip
