"""What the service is made of: clients built once, shared by every domain."""

from __future__ import annotations

from dataclasses import dataclass, field

import redis
from prometheus_client import CollectorRegistry

from collector.clock import Clock
from forecaster.objects import Objects
from pedalcast.chat.service import ChatService
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.events import Broadcaster
from pedalcast.kit.front import FrontTable
from pedalcast.kit.ready import Readiness
from pedalcast.kit.urgency import Turn
from pedalcast.models.parts import Models
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
    objects: Objects
    events: Broadcaster
    front: FrontTable
    ready: Readiness
    metrics: CollectorRegistry
    stations: StationService
    forecasts: ForecastService
    models: Models
    chat: ChatService
    forecasting: Turn = field(default_factory=Turn)
