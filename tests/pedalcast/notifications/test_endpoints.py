"""Notifications: listed, read, and as events from wherever somebody left off."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.pedalcast.people_service import PeopleService, bearer

ADMIN = "a-token-of-the-tests"
PATH = "/api/v1/notifications"


def tell(service: PeopleService, token: str) -> int:
    """Have somebody told of a closed report; the report's id."""
    body = {"station_id": "ST-4", "kind": "dock"}
    report_id = int(service.post("/api/v1/reports", body, token).json()["data"]["id"])
    path = f"/api/v1/admin/reports/{report_id}"
    assert service.client.patch(path, json={"state": "closed"}, headers=bearer(ADMIN)).status_code == 200
    return report_id


@contextmanager
def stream(service: PeopleService, token: str, **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    """The events, each as its fields."""
    with (
        httpx.Client(base_url=service.client.base_url, timeout=30) as client,
        client.stream("GET", f"{PATH}/events", headers=bearer(token) | headers) as response,
    ):
        assert response.status_code == 200
        yield events(response.iter_lines())


def events(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and fields:
            yield fields
            fields = {}


def test_are_listed_and_read_on_each_database(service_on_each: PeopleService) -> None:
    service, token = service_on_each, service_on_each.member()
    reports = [tell(service, token) for _ in range(3)]
    page = service.get(f"{PATH}/?limit=2", token).json()
    assert [row["details"]["report_id"] for row in page["data"]] == [reports[2], reports[1]]
    rest = service.get(f"{PATH}?limit=2&cursor={page['next']}", token).json()
    assert [row["details"]["report_id"] for row in rest["data"]] == [reports[0]]
    assert (page["unread"], rest["next"]) == (3, None)
    assert service.post(f"{PATH}/read", {"ids": [page["data"][0]["id"]]}, token).status_code == 200
    unread = service.get(f"{PATH}?unread=true", token).json()
    assert (len(unread["data"]), unread["unread"]) == (2, 2)
    assert service.post(f"{PATH}/read", token=token).json()["message"] == "2 marked as read."


def test_come_as_events_and_from_where_one_left_off(service: PeopleService) -> None:
    token, other = service.member("rider"), service.member("other")
    first = tell(service, token)
    with stream(service, token) as coming:
        tell(service, other)
        threading.Timer(0.3, lambda: tell(service, token)).start()
        event = next(coming)
        assert event["event"] == "report"
        assert json.loads(event["data"])["details"]["report_id"] not in (first, first + 1)
    with stream(service, token, **{"Last-Event-ID": "0"}) as coming:
        ids = [json.loads(next(coming)["data"])["details"]["report_id"] for _ in range(2)]
    assert ids == [first, first + 2]


def test_another_s_are_not_there(service: PeopleService) -> None:
    token, other, (_, guest) = service.member("rider"), service.member("other"), service.guest()
    tell(service, token)
    row = service.get(PATH, token).json()["data"][0]["id"]
    for stranger in (other, guest):
        assert service.get(PATH, stranger).json() == {"success": True, "data": [], "unread": 0, "next": None}
        assert service.post(f"{PATH}/read", {"ids": [row]}, stranger).json()["message"] == "0 marked as read."
    assert service.get(PATH, token).json()["unread"] == 1
    for path in (PATH, f"{PATH}/events"):
        assert service.get(path).status_code == 401


def test_listeners_are_let_go(service: PeopleService) -> None:
    token = service.member()
    tell(service, token)
    with stream(service, token, **{"Last-Event-ID": "0"}) as coming:
        next(coming)
        assert service.people.notifications.hub.listeners == 1
        service.people.events.close()
        assert list(coming) == []
    assert service.people.notifications.hub.listeners == 0
