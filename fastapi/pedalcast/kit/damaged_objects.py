"""Damaged objects of the store, told to operators: a metric and an advisory readiness check."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from forecaster.objects import DamageLog
from pedalcast.kit.readiness import Readiness


def report(damage: DamageLog, readiness: Readiness, metrics: CollectorRegistry) -> None:
    """Show how many objects could not be read when they were last asked for. Their keys are in the log only."""
    gauge = Gauge("pedalcast_damaged_objects", "Objects that cannot be read", registry=metrics)
    gauge.set_function(lambda: len(damage))
    readiness.add("stored data", lambda: _problem(len(damage)), advisory=True)


def _problem(count: int) -> str | None:
    return f"damaged objects: {count}, see the log" if count else None
