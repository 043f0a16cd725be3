"""The clients that every domain shares, built once and handed to each domain by value."""

from __future__ import annotations

from dataclasses import dataclass, field

import redis
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from collector.clocks import Clock
from forecaster.objects import ObjectStore
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.kit.readiness import Readiness
from pedalcast.kit.runtime.thread_priority import PriorityGate
from pedalcast.kit.runtime.worker_group import WorkerGroup
from pedalcast.kit.web.fast_path import FastPathTable


@dataclass(frozen=True, slots=True, kw_only=True)
class AppContext:
    """Shared clients of one application: `app.state.context`, `kit.dependencies.ContextDep` for endpoints.

    `clock` is the one the feed lives on. `redis` speaks bytes and is synchronous: call it from threads (`def`
    endpoints run in one). `redis_url` is for those who need a client of their own, to block on. `events` and
    `fast_path` may be used from any thread. `workers` starts and watches background workers. `forecasting` is closed
    while a poll is being forecast.
    `admin_token` is None where nobody may use the admin endpoints.
    """

    clock: Clock
    redis: redis.Redis
    redis_url: str
    objects: ObjectStore
    events: Broadcaster
    fast_path: FastPathTable
    readiness: Readiness
    metrics: CollectorRegistry
    workers: WorkerGroup
    admin_token: SecretStr | None = None
    forecasting: PriorityGate = field(default_factory=PriorityGate)
