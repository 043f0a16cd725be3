"""What the service is made of: clients built once, shared by every domain."""

from __future__ import annotations

from dataclasses import dataclass, field

import redis
from prometheus_client import CollectorRegistry

from collector.clocks import Clock
from forecaster.objects import ObjectStore
from pedalcast.chat.chat_state import ChatState
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.kit.readiness import Readiness
from pedalcast.kit.runtime.thread_priority import PriorityGate
from pedalcast.kit.web.fast_path import FastPathTable
from pedalcast.models.container import ModelServices
from pedalcast.settings import Settings
from pedalcast.stations.service import StationService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Built by the lifespan and handed to endpoints (`kit.deps.ServicesDep`) and to every domain's `start`.

    `redis` speaks bytes and is synchronous: call it from threads (`def` endpoints run in one). `redis_url` is for
    those who need a client of their own, to block on. `events` and `front` may be used from any thread.
    `forecasting` is taken while a poll is being forecast: what can wait, waits.
    """

    settings: Settings
    clock: Clock
    redis: redis.Redis
    redis_url: str
    objects: ObjectStore
    events: Broadcaster
    front: FastPathTable
    ready: Readiness
    metrics: CollectorRegistry
    stations: StationService
    forecasts: ForecastService
    models: ModelServices
    chat: ChatState
    forecasting: PriorityGate = field(default_factory=PriorityGate)
