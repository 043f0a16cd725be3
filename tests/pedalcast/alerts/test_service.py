"""Rules over a real database: told once until it is over, whoever judges, and each to its owner alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import redis.asyncio

from pedalcast.alerts.alert_judge import AlertKind, StationPlace
from pedalcast.alerts.city_view import CityMoment
from pedalcast.alerts.service import AlertService
from pedalcast.database.engine import Database
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.notifications.notification_hub import NotificationHub
from pedalcast.notifications.service import NotificationService
from pedalcast.stations.geo import Coordinates
from tests.pedalcast.people_service import PeopleService, bearer

PLACES = {
    name: StationPlace(name, {"ko": f"{name}역", "en": name}, Coordinates(37.55 + 0.001 * number, 126.91))
    for number, name in enumerate(("A", "B", "C"))
}


@dataclass(slots=True)
class PlannedCity:
    """A city whose chances the test sets; Friday, 08:00 in Seoul."""

    chances: dict[str, float] = field(default_factory=dict)
    at: datetime = datetime(2026, 11, 19, 23, tzinfo=UTC)
    asked: list[tuple[AlertKind, int, int]] = field(default_factory=list)

    def run_id(self) -> str | None:
        return "run"

    def now(self) -> CityMoment | None:
        return CityMoment(self.at, "Asia/Seoul", PLACES, self._chances)

    def _chances(self, kind: AlertKind, count: int, minutes: int) -> Mapping[str, float]:
        self.asked.append((kind, count, minutes))
        return self.chances


def judge(service: PeopleService, city: PlannedCity, *, replicas: int = 1) -> int:
    """Let so many replicas judge at the same time; the number of warnings sent."""
    return asyncio.run(_judge(service, city, replicas))


async def _judge(service: PeopleService, city: PlannedCity, replicas: int) -> int:
    settings, now = service.people.settings, lambda: datetime.now(UTC)
    assert settings.redis_url is not None
    database = Database(service.people.database.url)
    async with redis.asyncio.Redis.from_url(settings.redis_url.get_secret_value()) as client:
        notifications = NotificationService(database, NotificationHub(client), Broadcaster(), now)
        alerts = [AlertService(database, notifications, city) for _ in range(replicas)]
        sent = await asyncio.gather(*(one.judge_all() for one in alerts))
    await database.close()
    return sum(sent)


def rule(service: PeopleService, token: str, **fields: Any) -> int:
    body = {"station_ids": ["A", "B"], "kind": "bikes", "threshold": 1, "minutes": 30} | fields
    response = service.post("/api/v1/alerts", body, token)
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


def inbox(service: PeopleService, token: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = service.get("/api/v1/notifications", token).json()["data"]
    return rows


def test_one_message_until_it_is_over_on_each_database(service_on_each: PeopleService) -> None:
    service, city = service_on_each, PlannedCity({"A": 0.1, "B": 0.2, "C": 0.9})
    token, other = service.member("rider"), service.member("other")
    number = rule(service, token, weekdays=[5], from_time="07:30", until_time="09:00")
    assert judge(service, city, replicas=3) == 1
    assert judge(service, city) == 0
    assert city.asked[0] == ("bikes", 2, 30)
    (told,) = inbox(service, token)
    assert (told["kind"], told["subject"], told["cleared_at"]) == ("alert", f"alert:{number}", None)
    assert told["details"] == {"rule_id": number, "stations": ["A", "B"], "instead": "C"}
    assert told["text"]["en"] == (
        "At 08:30 bikes will probably be short at B and 1 more (chance 20%). Better go to C (chance 90%)."
    )
    assert told["text"]["ko"].startswith("08:30에는 B역 등 2곳에 자전거가")
    assert inbox(service, other) == []
    city.chances["B"] = 0.8
    assert judge(service, city) == 0
    assert inbox(service, token)[0]["cleared_at"] is not None
    city.chances["B"] = 0.1
    assert judge(service, city) == 1
    assert len(inbox(service, token)) == 2


def test_not_outside_its_hours_nor_when_off(service: PeopleService) -> None:
    city, token = PlannedCity({"A": 0.1, "B": 0.1}), service.member()
    rule(service, token, from_time="17:00", until_time="18:00")
    rule(service, token, weekdays=[6, 7])
    off = rule(service, token)
    path = f"/api/v1/alerts/{off}"
    assert service.client.patch(path, json={"active": False}, headers=bearer(token)).json()["active"] is False
    assert judge(service, city) == 0
    assert service.client.patch(path, json={"active": True}, headers=bearer(token)).status_code == 200
    assert judge(service, city) == 1


def test_an_area_and_docks_and_a_guest(service: PeopleService) -> None:
    city, (_, guest) = PlannedCity({"A": 0.1, "B": 0.3}), service.guest()
    area = {"lat": 37.55, "lon": 126.91, "radius": 150}
    rule(service, guest, station_ids=None, area=area, kind="docks", threshold=0)
    assert judge(service, city) == 1
    (told,) = inbox(service, guest)
    assert told["details"]["stations"] == ["A", "B"]
    assert city.asked == [("docks", 1, 30)]
    assert "free docks" in told["text"]["en"]
    assert told["text"]["en"].endswith("Better set out earlier.")


def test_another_s_rule_is_not_there(service: PeopleService) -> None:
    number, other = rule(service, service.member("rider")), service.member("other")
    path = f"/api/v1/alerts/{number}"
    assert service.client.patch(path, json={"active": False}, headers=bearer(other)).status_code == 404
    assert service.client.delete(path, headers=bearer(other)).status_code == 404
    assert service.get("/api/v1/alerts", other).json()["data"] == []


def test_bad_rules_are_refused(service: PeopleService) -> None:
    token, good = service.member(), {"station_id": "A", "kind": "bikes", "threshold": 1, "minutes": 30}
    for wrong in (
        {"station_id": None},
        {"station_ids": ["B"]},
        {"weekdays": [8]},
        {"from_time": "07:30"},
        {"from_time": "7:30", "until_time": "09:00"},
        {"from_time": "24:00", "until_time": "09:00"},
    ):
        assert service.post("/api/v1/alerts", good | wrong, token).status_code == 422, wrong
    assert service.post("/api/v1/alerts", good, token).json()["alerted_at"] is None
