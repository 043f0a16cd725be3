"""Notices over a socket: in their time, in both languages, and gone when removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.pedalcast.people_service import PeopleService, bearer

ADMIN = "a-token-of-the-tests"
PATH = "/api/v1/notices"
TEXT = {"ko": "점검", "en": "Maintenance"}


def publish(service: PeopleService, **fields: Any) -> dict[str, Any]:
    """A new notice."""
    response = service.post(PATH, {"text": TEXT} | fields, ADMIN)
    assert response.status_code == 201, response.text
    notice: dict[str, Any] = response.json()["data"]
    return notice


def shown(service: PeopleService) -> list[int]:
    return [row["id"] for row in service.get(f"{PATH}/").json()["data"]]


def test_one_is_published_changed_and_removed_on_each_database(service_on_each: PeopleService) -> None:
    service = service_on_each
    notice = publish(service, severity="warning")
    assert service.get(PATH).json()["data"] == [notice]
    assert (notice["text"], notice["station_id"], notice["ends_at"]) == (TEXT, None, None)
    path = f"{PATH}/{notice['id']}"
    changed = service.client.patch(path, json={"text": {"ko": "끝", "en": "Over"}}, headers=bearer(ADMIN)).json()
    assert changed["data"]["text"]["en"] == "Over"
    assert changed["data"]["severity"] == "warning"
    assert service.client.delete(path, headers=bearer(ADMIN)).status_code == 200
    assert shown(service) == []
    assert service.client.delete(path, headers=bearer(ADMIN)).json()["error"] == "notice_not_found"
    noted = [entry["action"] for entry in service.get("/api/v1/admin/audit", ADMIN).json()["data"]]
    assert noted[:3] == ["notice.remove", "notice.change", "notice.publish"]


def test_each_is_shown_in_its_time_only(service: PeopleService) -> None:
    now = datetime.now(UTC)
    past, later, current = (
        publish(service, starts_at=(now + start).isoformat(), ends_at=(now + end).isoformat())["id"]
        for start, end in (
            (timedelta(hours=-2), timedelta(hours=-1)),
            (timedelta(hours=1), timedelta(hours=2)),
            (timedelta(hours=-1), timedelta(hours=1)),
        )
    )
    assert shown(service) == [current]
    everything = service.get("/api/v1/admin/notices?limit=2", ADMIN).json()
    assert [row["id"] for row in everything["data"]] == [current, later]
    following = service.get(f"/api/v1/admin/notices?limit=2&cursor={everything['next']}", ADMIN).json()
    assert ([row["id"] for row in following["data"]], following["next"]) == ([past], None)


def test_a_station_is_closed_by_hand(service: PeopleService) -> None:
    notice = service.post(PATH, {"station_id": "ST-4"}, ADMIN).json()["data"]
    assert "ST-4" in notice["text"]["ko"]
    assert "ST-4" in notice["text"]["en"]
    assert service.get(PATH).json()["closed_stations"] == ["ST-4"]
    shown_here = service.people.notices.shown
    assert shown_here.about(["ST-4"], "en") == [notice["text"]["en"]]
    assert shown_here.about(["ST-5"], "ko") == []
    publish(service)
    assert shown_here.about(["ST-5"], "ko") == ["점검"]


def test_carries_an_etag(service: PeopleService) -> None:
    publish(service)
    first = service.get(PATH)
    assert service.get(PATH, **{"If-None-Match": first.headers["etag"]}).status_code == 304
    publish(service)
    assert service.get(PATH, **{"If-None-Match": first.headers["etag"]}).status_code == 200


def test_a_change_is_an_event(service: PeopleService, eventually: Callable[[Callable[[], bool]], None]) -> None:
    publish(service)
    eventually(lambda: any(event.kind == "notices" for event in service.people.events._recent))


def test_one_removed_at_once_is_told_of_all_the_same(
    service: PeopleService, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    def told() -> int:
        return sum(event.kind == "notices" for event in service.people.events._recent)

    publish(service)
    eventually(lambda: told() == 1)
    assert service.client.delete(f"{PATH}/{publish(service)['id']}", headers=bearer(ADMIN)).status_code == 200
    eventually(lambda: told() > 1)  # who has read it in between would show it until the next poll


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": {"ko": "점검"}},
        {"text": TEXT, "severity": "loud"},
        {"text": TEXT, "starts_at": "2026-11-20T10:00:00"},
        {"text": TEXT, "starts_at": "2026-11-20T10:00:00Z", "ends_at": "2026-11-20T09:00:00Z"},
    ],
)
def test_bad_notices_are_refused(service: PeopleService, body: dict[str, Any]) -> None:
    assert service.post(PATH, body, ADMIN).status_code == 422
    assert shown(service) == []


def test_others_do_not_publish(service: PeopleService) -> None:
    token = service.member()
    path = f"{PATH}/{publish(service)['id']}"
    assert service.post(PATH, {"text": TEXT}, token).json()["error"] == "admin_needed"
    assert service.post(PATH, {"text": TEXT}).status_code == 401
    assert service.client.delete(path, headers=bearer(token)).status_code == 403
    assert service.client.patch(path, json={}, headers=bearer(token)).status_code == 403
    assert service.get("/api/v1/admin/notices", token).status_code == 403
