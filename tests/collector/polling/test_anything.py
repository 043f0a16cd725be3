"""Whatever a feed answers, a poll is a result and never an exception."""

from __future__ import annotations

import json
from typing import Any

import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.feeds.gbfs.gbfs_feed import GbfsFeed
from collector.polling.poll import poll
from collector.storage.snapshot_store import SnapshotStore
from collector.storage.system_memory import RedisSystemMemory
from tests.collector.gbfs_server import gbfs_server
from tests.collector.local_server import Request
from tests.collector.strategies import JSON, near
from tests.stopped_clock import StoppedClock

HEAD: dict[str, object] = {"last_updated": 1_795_169_090, "ttl": 60, "version": "2.3"}
RECORD: dict[str, object] = {
    "station_id": "a",
    "name": "A",
    "lat": 59.9,
    "lon": 10.7,
    "capacity": 10,
    "num_bikes_available": 3,
    "num_docks_available": 7,
    "last_reported": 1_795_169_000,
    "vehicle_types_available": [{"vehicle_type_id": "x", "count": 3}],
}
DOCUMENTS = st.tuples(near(HEAD), st.fixed_dictionaries({"stations": st.lists(near(RECORD), max_size=4) | JSON}) | JSON)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(status=DOCUMENTS, information=DOCUMENTS, system=DOCUMENTS)
def test_no_document_escapes(redis_client: redis.Redis, status: Any, information: Any, system: Any) -> None:
    documents = {"station_status": status, "station_information": information, "system_information": system}
    with gbfs_server() as server:
        server.files = dict.fromkeys(documents)

        def answer(request: Request) -> None:
            name = request.path.partition("file=")[2].partition("&")[0]
            if name in documents:
                head, data = documents[name]
                request.reply(json.dumps(head | {"data": data} if isinstance(head, dict) else head).encode())
            else:
                type(server).answer(server, request)

        server.http._server.RequestHandlerClass.answer = staticmethod(answer)  # type: ignore[attr-defined]
        feed = GbfsFeed(server.url, backoff=0.0, memory=RedisSystemMemory(redis_client))
        store, clock = SnapshotStore(redis_client), StoppedClock()
        for _ in range(2):
            result = poll(feed, store, clock)
            assert result.status in ("published", "failed", "duplicate")
            clock.sleep(300)
        feed.close()
    redis_client.flushdb()
