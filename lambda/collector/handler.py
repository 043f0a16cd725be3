"""The AWS Lambda entry: one poll an invocation, every five minutes by EventBridge Scheduler.

What the invocations of one container share (connections, the feed's memory of files that change rarely) is built at the
first of them and kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from collector.clocks import SystemClock
from collector.errors import ConfigError
from collector.feeds import Feed, FeedConfig, open_feed
from collector.polling.poll import PollResult, poll
from collector.storage.redis_address import redis_address
from collector.storage.redis_client import redis_client
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.system_memory import RedisSystemMemory

logger = Logger(service="collector")
metrics = Metrics(namespace="Pedalcast", service="collector")


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Poll the feed that the environment names and publish to `REDIS_URL`; answers how it went.

    The window is that of the moment, not of the event: a snapshot fetched late never fills an older window. A fault of
    the feed is an answer (`status: failed`), the next invocation tries again; a fault of Redis or of the settings
    raises.
    """
    metrics.add_metric(name="PollStarted", unit=MetricUnit.Count, value=1)
    feed, store = _feed_and_store()
    outcome = poll(feed, store, SystemClock())
    _measure(outcome)
    log = logger.warning if outcome.status == "failed" else logger.info
    left_ms = context.get_remaining_time_in_millis()
    log("poll", extra={"poll": _plain(outcome), "scheduled": event.get("time"), "left_ms": left_ms})
    return _plain(outcome)


@lru_cache(maxsize=1)
def _feed_and_store() -> tuple[Feed, SnapshotStore]:
    url = redis_address(os.environ)
    if url is None:
        raise ConfigError("REDIS_URL is not set")
    client = redis_client(url, socket_timeout=5, socket_connect_timeout=3)
    return open_feed(FeedConfig.from_environment(os.environ), RedisSystemMemory(client)), SnapshotStore(client)


def _measure(outcome: PollResult) -> None:
    metrics.add_dimension(name="system", value=outcome.system)
    metrics.add_metric(name=f"Poll{outcome.status.capitalize()}", unit=MetricUnit.Count, value=1)
    metrics.add_metric(name="PollSeconds", unit=MetricUnit.Seconds, value=outcome.seconds)
    metrics.add_metric(name="StationsSeen", unit=MetricUnit.Count, value=outcome.stations)
    metrics.add_metric(name="RecordsRejected", unit=MetricUnit.Count, value=sum(outcome.rejected.values()))
    metrics.add_metric(name="PollPartial", unit=MetricUnit.Count, value=int(outcome.partial))
    metrics.add_metric(name="PollFrozen", unit=MetricUnit.Count, value=int(outcome.frozen))
    if outcome.observed_at is not None:
        age = (outcome.at - outcome.observed_at).total_seconds()
        metrics.add_metric(name="ObservationAgeSeconds", unit=MetricUnit.Seconds, value=age)


def _plain(outcome: PollResult) -> dict[str, Any]:
    """The result as JSON can carry it: Lambda serialises the answer with the standard library."""
    return {
        name: value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value
        for name, value in outcome.as_dict().items()
    }
