"""The metrics of requests answered from kept bytes: how many, and how long each took inside the service."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

FRONT_BUCKETS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5)


class FrontMetrics:
    """Made once an application. Looking a label up costs more than counting: each pair of labels is looked up once.

    >>> front = FrontMetrics(CollectorRegistry())
    >>> front.answered("/things", 200, 0.0001)
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "pedalcast_front_requests_total",
            "Requests answered from kept bytes",
            ["handler", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "pedalcast_front_request_seconds",
            "Time from a request's arrival to its answer's handing over",
            ["handler"],
            buckets=FRONT_BUCKETS,
            registry=registry,
        )
        self._children: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def answered(self, handler: str, status: int, seconds: float) -> None:
        """Count and time a request."""
        children = self._children.get((handler, status))
        if children is None:
            children = self._requests.labels(handler, status), self._seconds.labels(handler)
            self._children[handler, status] = children
        children[0].inc()
        children[1].observe(seconds)
