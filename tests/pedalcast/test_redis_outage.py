"""Redis becomes a read-only replica and comes back, as in a failover: everything goes on afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import redis
from fastapi import FastAPI
from pydantic import SecretStr

from collector.feeds.simulated_city import SimulatedCity
from collector.snapshot import Snapshot
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.kit.errors import is_outage
from pedalcast.settings import Settings
from tests.redis_server import installed, redis_server
from tests.stopped_clock import StoppedClock

TOKEN = "a-token-of-the-tests"
STATIONS, FORECASTS = "/api/v1/realtime/stations", "/api/v1/predict/stations"
Eventually = Callable[[Callable[[], bool]], None]


@pytest.fixture
def failing_redis(tmp_path: Path) -> Iterator[redis.Redis]:
    """A server of the test's own, which may be made a replica."""
    binary = installed()
    if binary is None:
        pytest.skip("no redis-server on this machine")
    with ExitStack() as stack:
        url = stack.enter_context(redis_server(binary, tmp_path))
        yield stack.enter_context(redis.Redis.from_url(url, protocol=2))


def url_of(client: redis.Redis) -> str:
    return f"unix://{client.get_connection_kwargs()['path']}?db=0"


def poll(client: redis.Redis, city: SimulatedCity, clock: StoppedClock) -> Snapshot:
    """Publish what the city is like now."""
    snapshot = city.fetch(clock.at)
    assert SnapshotStore(client).publish(snapshot)
    return snapshot


class Listener:
    """Reads `/api/v1/events` in a thread and keeps the kinds and ids."""

    def __init__(self, service: httpx.Client) -> None:
        self.ids: list[str] = []
        self._service = service
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with (
            httpx.Client(base_url=self._service.base_url, timeout=120) as client,
            client.stream("GET", "/api/v1/events") as answer,
        ):
            self.ids.extend(line[4:] for line in answer.iter_lines() if line.startswith("id: "))


def test_a_replica_for_a_while_stops_nothing_for_good(
    settings: Settings,
    serve: Callable[[FastAPI], httpx.Client],
    failing_redis: redis.Redis,
    clock: StoppedClock,
    eventually: Eventually,
) -> None:
    city = SimulatedCity(stations=10, start=clock.at)
    others = set(threading.enumerate())  # threads of an application before, which may still end
    app = create_app(settings.model_copy(update={"redis_url": SecretStr(url_of(failing_redis))}), clock=clock)
    first = poll(failing_redis, city, clock)
    service = serve(app)
    eventually(lambda: service.get(FORECASTS).status_code == 200)
    assert service.get(STATIONS).json()["snapshot_id"] == first.id
    threads = {thread.name for thread in threading.enumerate() if thread not in others}

    failing_redis.execute_command("REPLICAOF", "127.0.0.1", "1")
    failed = "pedalcast_worker_failures_total"
    eventually(lambda: f'{failed}{{error="ResponseError",worker="snapshot-follower"}}' in service.get("/metrics").text)
    admin = {"Authorization": f"Bearer {TOKEN}"}
    refused = service.post("/ai/retrain", headers=admin)
    assert (refused.status_code, refused.json()["error"]) == (503, "redis_unavailable")
    assert service.get(STATIONS).status_code == service.get(FORECASTS).status_code == 200

    failing_redis.execute_command("REPLICAOF", "NO", "ONE")
    listener = Listener(service)
    clock.at += timedelta(minutes=5)
    second = poll(failing_redis, city, clock)
    eventually(lambda: service.get(STATIONS).json()["snapshot_id"] == second.id)
    eventually(lambda: f"snapshot-{second.id}" in listener.ids)
    eventually(lambda: any(name.startswith("forecasts-") for name in listener.ids))
    station = second.stations[0].id
    eventually(lambda: len(service.get(f"{STATIONS}/{station}/history").json()["points"]) == 2)
    eventually(lambda: service.get("/ready").json()["ready"])
    lasting = {name for name in threads if not name.startswith("history_")}  # of a pool that ends with its reading
    assert lasting <= {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (redis.ConnectionError("refused"), True),
        (redis.TimeoutError("slow"), True),
        (redis.exceptions.ReadOnlyError("You can't write against a read only replica."), True),
        (redis.ResponseError("UNBLOCKED force unblock from blocking operation"), True),
        (redis.ResponseError("MISCONF Errors writing to the AOF file: No space left on device"), True),
        (redis.exceptions.OutOfMemoryError("command not allowed"), True),
        (redis.ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value"), False),
        (ValueError("ours"), False),
    ],
)
def test_an_outage_is_told_from_a_wrong_command(error: Exception, outage: bool) -> None:
    assert is_outage(error) is outage
