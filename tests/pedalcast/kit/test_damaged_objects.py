"""A service whose stored data are damaged: it starts, forecasts, archives, and tells operators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
import redis

from collector.snapshot import Snapshot, Station, System
from collector.storage.snapshot_store import SnapshotStore
from forecaster.history import History
from forecaster.objects import open_objects
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve

KEYS = (
    "models/aliases/champion.json",
    "models/aliases/challenger.json",
    "models/model_version.json",
    "models/versions/20261120T101500Z-xgboost/manifest.json",
    "history/system.json",
    "history/stations.parquet",
    "scores/date=2026-11-20/hour=12.json",
)


def publish_now(client: redis.Redis) -> None:
    """A poll of two stations, seen this minute."""
    now = datetime.now(UTC).replace(microsecond=0)
    window = now.replace(minute=now.minute // 5 * 5, second=0)
    stations = tuple(
        Station(name, name, 3, 7, lat=37.5, lon=127.0, capacity=10, names={"en": name}) for name in ("a", "b")
    )
    assert SnapshotStore(client).publish(Snapshot(System("x", "X", "UTC", "en"), window, now, stations))


@pytest.mark.parametrize("data", [b"", b"{", b"PAR1\xff\xffPAR1"])
def test_starts_forecasts_and_archives_without_what_cannot_be_read(
    data: bytes,
    settings: Settings,
    redis_client: redis.Redis,
    serve: Serve,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    objects = open_objects(settings.objects_url)
    for key in KEYS:
        objects.put(key, data)
    publish_now(redis_client)
    client = serve(create_app(settings))
    assert _damaged(client) >= 1
    assert client.get("/ready").json()["checks"]["stored data"].startswith("damaged objects: ")
    eventually(lambda: client.get("/api/v1/predict/stations/a").status_code == 200)
    eventually(lambda: _metric(client, "pedalcast_archived_polls_total") == 1)
    assert History(objects).stations().ids == ("a", "b")
    assert client.get("/ready").status_code == 200
    answer = client.get("/ai/models", headers={"Authorization": "Bearer a-token-of-the-tests"})
    assert answer.status_code in {200, 503}


def _damaged(client: httpx.Client) -> float:
    return _metric(client, "pedalcast_damaged_objects")


def _metric(client: httpx.Client, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)
