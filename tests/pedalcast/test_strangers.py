"""One rider's things on the board, in reports, notices, notifications and alerts: what a second rider and a guest get.

Every route of these domains is walked; one that is added and not walked fails the test.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from pedalcast.accounts.favourites import endpoints as favourites
from pedalcast.admin import endpoints as admin
from pedalcast.board import endpoints as board
from pedalcast.notices import endpoints as notices
from pedalcast.notifications import endpoints as notifications
from pedalcast.reports import endpoints as reports
from tests.pedalcast.people_service import PeopleService, bearer

ADMIN = "a-token-of-the-tests"
SECRET = "a word of the first rider alone"  # in everything that is theirs alone
ROUTERS: tuple[APIRouter, ...] = (
    board.router, reports.router, notices.router, notifications.router, favourites.router, admin.router,
)  # fmt: skip
POST = {"title": "x", "content": "y"}
REPORT = {"station_id": "ST-4", "kind": "dock", "text": SECRET}
RULE = {"station_id": SECRET, "kind": "bikes", "threshold": 1, "minutes": 30}

# Method, path, body, and what the second rider and the guest get.
OWN, FORBIDDEN, ABSENT = (200, 200), (403, 403), (404, 404)
WALK: tuple[tuple[str, str, Any, tuple[int, int]], ...] = (
    ("GET", "/api/v1/board/posts", None, OWN),
    ("POST", "/api/v1/board/posts", POST, (201, 403)),
    ("GET", "/api/v1/board/categories", None, OWN),
    ("GET", "/api/v1/board/posts/{post_id}", None, OWN),
    ("PATCH", "/api/v1/board/posts/{post_id}", POST, FORBIDDEN),
    ("DELETE", "/api/v1/board/posts/{post_id}", None, FORBIDDEN),
    ("POST", "/api/v1/board/posts/{post_id}/restore", None, FORBIDDEN),
    ("POST", "/api/v1/board/posts/{post_id}/report", {"reason": "x"}, (202, 403)),
    ("GET", "/api/v1/board/posts/{post_id}/comments", None, OWN),
    ("POST", "/api/v1/board/posts/{post_id}/comments", {"content": "x"}, (201, 403)),
    ("PATCH", "/api/v1/board/posts/{post_id}/comments/{comment_id}", {"content": "x"}, FORBIDDEN),
    ("DELETE", "/api/v1/board/posts/{post_id}/comments/{comment_id}", None, FORBIDDEN),
    ("POST", "/api/v1/board/posts/{post_id}/comments/{comment_id}/report", {"reason": "x"}, (202, 403)),
    ("GET", "/api/v1/board/complaints", None, FORBIDDEN),
    ("POST", "/api/v1/board/complaints/{complaint_id}", {"decision": "delete"}, FORBIDDEN),
    ("POST", "/api/v1/reports", REPORT | {"text": "mine"}, (201, 201)),
    ("GET", "/api/v1/reports", None, OWN),
    ("GET", "/api/v1/reports/{report_id}", None, ABSENT),
    ("GET", "/api/v1/admin/reports", None, FORBIDDEN),
    ("PATCH", "/api/v1/admin/reports/{report_id}", {"state": "closed"}, FORBIDDEN),
    ("GET", "/api/v1/notices", None, OWN),
    ("GET", "/api/v1/admin/notices", None, FORBIDDEN),
    ("POST", "/api/v1/notices", {"station_id": "ST-4"}, FORBIDDEN),
    ("PATCH", "/api/v1/notices/{notice_id}", {"severity": "warning"}, FORBIDDEN),
    ("DELETE", "/api/v1/notices/{notice_id}", None, FORBIDDEN),
    ("GET", "/api/v1/notifications", None, OWN),
    ("POST", "/api/v1/notifications/read", {}, OWN),
    ("GET", "/api/v1/favourites", None, OWN),
    ("PUT", "/api/v1/favourites", {"station_id": "ST-5"}, OWN),
    ("DELETE", "/api/v1/favourites/{station_id}", None, ABSENT),
    ("GET", "/api/v1/alerts", None, OWN),
    ("POST", "/api/v1/alerts", RULE | {"station_id": "ST-5"}, (201, 201)),
    ("PATCH", "/api/v1/alerts/{rule_id}", {"active": False}, ABSENT),
    ("DELETE", "/api/v1/alerts/{rule_id}", None, ABSENT),
    ("GET", "/api/v1/admin/answers", None, FORBIDDEN),
)
STREAM = ("GET", "/api/v1/notifications/events")


@pytest.fixture
def first_rider(service: PeopleService) -> tuple[str, dict[str, int | str]]:
    """The token of somebody who has one of everything, and the ids."""
    token = service.member("first")
    post = service.post("/api/v1/board/posts", POST, token).json()["data"]["id"]
    path = f"/api/v1/board/posts/{post}"
    comment = service.post(f"{path}/comments", {"content": "x"}, token).json()["data"]["id"]
    service.post(f"{path}/report", {"reason": SECRET}, token)
    report = service.post("/api/v1/reports", REPORT, token).json()["data"]["id"]
    closed = service.post("/api/v1/reports", REPORT, token).json()["data"]["id"]
    change = {"state": "closed", "answer": SECRET}
    service.client.patch(f"/api/v1/admin/reports/{closed}", json=change, headers=bearer(ADMIN))
    service.client.put("/api/v1/favourites", json={"station_id": "ST-4", "label": SECRET}, headers=bearer(token))
    rule = service.post("/api/v1/alerts", RULE, token).json()["id"]
    notice = service.post("/api/v1/notices", {"station_id": "ST-9"}, ADMIN).json()["data"]["id"]
    complaint = service.get("/api/v1/board/complaints", ADMIN).json()["data"][0]["id"]
    return token, {
        "post_id": post, "comment_id": comment, "report_id": report, "rule_id": rule, "notice_id": notice,
        "complaint_id": complaint, "station_id": "ST-4",
    }  # fmt: skip


def routes() -> Iterator[tuple[str, str]]:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield from ((method, route.path.replace(":anything", "")) for method in route.methods)


def test_every_route_is_walked() -> None:
    assert sorted(routes()) == sorted([*((method, path) for method, path, _, _ in WALK), STREAM])


def test_another_s_things_are_not_there(service: PeopleService, first_rider: tuple[str, dict[str, int | str]]) -> None:
    token, ids = first_rider
    other, (_, guest) = service.member("second"), service.guest()
    before = service.get("/api/v1/notifications", token).json()
    for method, path, body, expected in WALK:
        for stranger, status in zip((other, guest), expected, strict=True):
            filled = path.format(**ids)
            response = service.client.request(method, filled, json=body, headers=bearer(stranger))
            assert response.status_code == status, (method, path, stranger == guest, response.text)
            assert SECRET not in response.text, (method, path)
    assert service.get("/api/v1/notifications", token).json() == before
    assert service.get(f"/api/v1/reports/{ids['report_id']}", token).json()["data"]["state"] == "open"
    assert service.get("/api/v1/alerts", token).json()["data"][0]["active"] is True
    assert service.get(f"/api/v1/board/posts/{ids['post_id']}", token).json()["data"]["edited_at"] is None


def test_without_a_token_only_what_is_public(
    service: PeopleService, first_rider: tuple[str, dict[str, int | str]]
) -> None:
    _, ids = first_rider
    for method, path, body, _ in WALK:
        response = service.client.request(method, path.format(**ids), json=body)
        assert response.status_code == (200 if _is_open(method, path) else 401), (method, path)
        assert SECRET not in response.text


def _is_open(method: str, path: str) -> bool:
    """What nobody has to say who they are for."""
    public = ("/api/v1/board/posts", "/api/v1/board/categories", "/api/v1/notices")
    return method == "GET" and path.startswith(public)


def test_events_go_to_their_owner_alone(service: PeopleService, first_rider: tuple[str, dict[str, int | str]]) -> None:
    token, ids = first_rider
    texts: dict[str, str] = {}
    listeners = {"other": service.member("second"), "guest": service.guest()[1], "owner": token}

    def listen(name: str) -> None:
        with (
            httpx.Client(base_url=service.client.base_url, timeout=60) as client,
            client.stream("GET", STREAM[1], headers=bearer(listeners[name]) | {"Last-Event-ID": "0"}) as response,
        ):
            texts[name] = "".join(response.iter_text())

    threads = [threading.Thread(target=listen, args=(name,)) for name in listeners]
    for thread in threads:
        thread.start()
    hub = service.people.notifications.hub
    while hub.listeners < len(listeners):
        threading.Event().wait(0.05)
    change = {"state": "closed", "answer": SECRET}
    service.client.patch(f"/api/v1/admin/reports/{ids['report_id']}", json=change, headers=bearer(ADMIN))
    threading.Event().wait(2)
    service.people.events.close()
    for thread in threads:
        thread.join(60)
    assert texts["owner"].count(f'{SECRET}"') >= 2
    for name in ("other", "guest"):
        assert "event:" not in texts[name]
        assert SECRET not in texts[name]
