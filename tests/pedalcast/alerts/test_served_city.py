"""From a poll without bikes to the rider's notification, in the whole service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from collector.snapshot import Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.pedalcast.people_service import PASSWORD, bearer


def test_a_rider_is_told_when_a_forecast_says_so(
    settings: Settings, serve: Serve, store: SnapshotStore, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    now = datetime.now(UTC)
    stations = (
        Station("ST-1", "망원역", 0, 10, 37.556, 126.910, 10, names={"ko": "망원역", "en": "Mangwon"}),
        Station("ST-2", "한강", 10, 0, 37.557, 126.910, 10),
    )
    client = serve(create_app(settings))
    body = {"email": "rider@example.org", "password": PASSWORD, "username": "rider"}
    client.post("/api/v1/auth/register", json=body)
    token = client.post("/api/v1/auth/login", json={"username": "rider", "password": PASSWORD}).json()["access"]
    rule = {"station_id": "ST-1", "kind": "bikes", "threshold": 0, "minutes": 10}
    assert client.post("/api/v1/alerts", json=rule, headers=bearer(token)).status_code == 201
    assert store.publish(Snapshot(System("toy", "Toy", "Asia/Seoul", "ko"), window_of(now), now, stations))

    def inbox() -> list[dict[str, object]]:
        rows: list[dict[str, object]] = client.get("/api/v1/notifications", headers=bearer(token)).json()["data"]
        return rows

    eventually(lambda: len(inbox()) == 1)
    text = inbox()[0]["text"]
    assert isinstance(text, dict)
    assert "short at Mangwon" in text["en"]
    assert "Better go to 한강" in text["en"]
