"""Prometheus: one registry an application, buckets that fit what is measured, never a station as a label."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_fastapi_instrumentator import Instrumentator, metrics

from pedalcast.kit.runtime.metrics_exchange import MetricsExchange

REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ROUTE_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # fewer: once a route


def create_registry() -> CollectorRegistry:
    """A registry with the process's own figures in it."""
    registry = CollectorRegistry(auto_describe=True)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


def instrument(app: FastAPI, registry: CollectorRegistry, exchange: MetricsExchange | None = None) -> None:
    """Measure the routed requests. Those answered in front of the router count themselves (`kit/web/fast_path.py`).

    With an `exchange` `/metrics` tells of every process of this service.
    """
    Instrumentator(
        registry=registry,
        should_group_status_codes=False,
        should_exclude_streaming_duration=True,
        excluded_handlers=["/metrics", "/health", "/api/v1/health", "/ready"],
    ).add(
        metrics.default(
            latency_highr_buckets=REQUEST_BUCKETS, latency_lowr_buckets=ROUTE_BUCKETS, registry=registry,
            should_exclude_streaming_duration=True,
        )
    ).instrument(app)  # fmt: skip

    @app.get("/metrics", include_in_schema=False)
    def read_metrics(_: Request) -> Response:
        text = generate_latest(registry) if exchange is None else exchange.text()
        return Response(text, media_type=CONTENT_TYPE_LATEST)
