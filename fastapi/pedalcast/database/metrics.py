"""The database's pool in figures."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from pedalcast.database.engine import Database


def register_pool_metrics(database: Database, registry: CollectorRegistry) -> None:
    """Connections in use and open, read when they are asked for."""
    in_use = Gauge("pedalcast_database_connections_in_use", "Connections taken from the pool", registry=registry)
    in_use.set_function(lambda: database.pool_usage()[0])
    opened = Gauge("pedalcast_database_connections_open", "Connections of the pool", registry=registry)
    opened.set_function(lambda: database.pool_usage()[1])
    waiting = Gauge("pedalcast_database_waiting", "Requests waiting for a connection", registry=registry)
    waiting.set_function(lambda: database.waiting)
