"""The usual way to serve the same forecasts: objects in memory, `response_model` on every request."""

from __future__ import annotations

import os
from typing import Any

import orjson
import redis
from fastapi import FastAPI, HTTPException

from pedalcast.forecasts.repository import ALL
from pedalcast.forecasts.schemas import Forecasts, StationForecast

app = FastAPI()
_client = redis.Redis.from_url(os.environ["REDIS_URL"])


def _body() -> bytes:
    body: Any = _client.hget(ALL, "body")
    return bytes(body)


_everything: dict[str, Any] = orjson.loads(_body())
_by_id = {station["station_id"]: station for station in _everything["stations"]}


@app.get("/memory", response_model=Forecasts)
async def from_memory() -> Any:
    """Plain objects kept in memory."""
    return _everything


@app.get("/redis", response_model=Forecasts)
def from_redis() -> Any:
    """Plain objects read from Redis at each request."""
    return orjson.loads(_body())


@app.get("/memory/{station_id}", response_model=StationForecast)
async def one_from_memory(station_id: str) -> Any:
    """One station of them."""
    if station_id not in _by_id:
        raise HTTPException(404)
    return _by_id[station_id]
