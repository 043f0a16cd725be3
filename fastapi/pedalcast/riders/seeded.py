"""A seeded city with a service of its own, asked over its HTTP API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import redis

from collector.clocks import FastClock
from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.embedded.local_redis.redis_process import embedded_redis
from pedalcast.riders.catalogue import RiderQuestion
from pedalcast.settings import Settings

SEED = 7
STATIONS = 200
ASKED_AT = datetime(2026, 11, 26, 11, 5, tzinfo=UTC)  # five past eight in the evening in the city
POLLS = 300  # of five minutes: a day and an hour
OPEN_S = 300  # the index of the help is built within this time


class RiderClient:
    """Asks the service, and reads the stations' values at that moment."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def ask(self, question: RiderQuestion) -> dict[str, Any]:
        """The answer's JSON. Raises `httpx.HTTPStatusError` where there is none."""
        body: dict[str, Any] = {"question": question.text, "chat_history": list(question.history)}
        if question.position is not None:
            body["position"] = dict(question.position)
        return await self._json("POST", "/api/v1/chat", json=body)

    async def stations(self) -> dict[str, dict[str, Any]]:
        """Every station now, by id."""
        body = await self._json("GET", "/api/v1/realtime/stations")
        return {station["station_id"]: station for station in body["stations"]}

    async def forecasts(self) -> dict[str, dict[str, Any]]:
        """Every station's forecast, by id."""
        body = await self._json("GET", "/api/v1/predict/stations")
        return {forecast["station_id"]: forecast for forecast in body["stations"]}

    async def opened(self) -> None:
        """Wait until the chat answers."""
        async with asyncio.timeout(OPEN_S):
            # Over the interface there is no event to wait for.
            while (await self._client.post("/api/v1/chat", json={"question": "안녕"})).status_code == 503:  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    async def _json(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        reply = await self._client.request(method, path, **more)
        reply.raise_for_status()
        body: dict[str, Any] = reply.json()
        return body


@asynccontextmanager
async def seeded_city(folder: Path) -> AsyncIterator[RiderClient]:
    """A service over the simulated city at `ASKED_AT`, its data in `folder`: the index of the help is kept there."""
    with embedded_redis(folder / "redis") as url:
        _publish(url)
        settings = Settings(_env_file=None, redis_url=url, data_dir=folder, rate_limits=False)  # type: ignore[arg-type,call-arg]
        app = create_app(settings, clock=FastClock(ASKED_AT + timedelta(seconds=200), 1.0))
        transport = httpx.ASGITransport(app)
        client = httpx.AsyncClient(transport=transport, base_url="http://city", timeout=60)
        async with app.router.lifespan_context(app), client:
            riders = RiderClient(client)
            await riders.opened()
            yield riders


def _publish(url: str) -> None:
    """Put a day of polls into Redis, in place of what an earlier run left there."""
    start = ASKED_AT - timedelta(minutes=5 * POLLS)
    city = SimulatedCity(seed=SEED, stations=STATIONS, start=start)
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        store = SnapshotStore(client)
        for number in range(1, POLLS + 1):
            store.publish(city.fetch(start + timedelta(minutes=5 * number)))
