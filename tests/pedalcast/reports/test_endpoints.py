"""Fault reports: a rider reports, the operator works through the queue, the rider is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from pedalcast.settings import Settings
from tests.pedalcast.mailbox import Mailbox, mail_server
from tests.pedalcast.people_service import PASSWORD, PeopleService, Start, bearer, people_service

ADMIN = "a-token-of-the-tests"
BODY = {"station_id": "ST-4", "kind": "dock", "text": "The third one does not lock."}


def report(service: PeopleService, token: str, **fields: Any) -> dict[str, Any]:
    """A new report."""
    response = service.post("/api/v1/reports", BODY | fields, token)
    assert response.status_code == 201, response.text
    row: dict[str, Any] = response.json()["data"]
    return row


def change(service: PeopleService, report_id: int, body: dict[str, str], token: str = ADMIN) -> httpx.Response:
    return service.client.patch(f"/api/v1/admin/reports/{report_id}", json=body, headers=bearer(token))


def test_from_the_rider_to_the_operator_and_back_on_each_database(service_on_each: PeopleService) -> None:
    service = service_on_each
    _, guest = service.guest()
    first, second = report(service, guest), report(service, service.member(), kind="bike", text=None)
    assert (first["state"], first["answer"], first["text"]) == ("open", None, BODY["text"])
    queue = service.get("/api/v1/admin/reports?state=open", ADMIN).json()["data"]
    assert [row["id"] for row in queue] == [first["id"], second["id"]]
    assert change(service, first["id"], {"state": "in_progress"}).json()["data"]["state"] == "in_progress"
    assert service.get("/api/v1/notifications", guest).json()["data"] == []
    closed = change(service, first["id"], {"state": "closed", "answer": "Repaired."}).json()["data"]
    assert closed["closed_at"] is not None
    mine = service.get(f"/api/v1/reports/{first['id']}", guest).json()["data"]
    assert (mine["state"], mine["answer"]) == ("closed", "Repaired.")
    inbox = service.get("/api/v1/notifications", guest).json()
    assert inbox["unread"] == 1
    told = inbox["data"][0]
    assert (told["kind"], told["subject"]) == ("report", f"report:{first['id']}")
    assert told["text"]["en"].endswith("is closed. Repaired.")
    assert told["details"] == {"report_id": first["id"], "station_id": "ST-4"}
    assert change(service, first["id"], {"state": "open"}).json()["error"] == "report_closed"
    assert [row["id"] for row in service.get("/api/v1/admin/reports?state=open", ADMIN).json()["data"]] == [
        second["id"]
    ]
    noted = [(entry["action"], entry["target"]) for entry in service.get("/api/v1/admin/audit", ADMIN).json()["data"]]
    assert noted[0] == ("report.closed", str(first["id"]))


def test_another_s_report_is_not_there(service: PeopleService) -> None:
    row = report(service, service.member("rider"))
    other, (_, guest) = service.member("other"), service.guest()
    for token in (other, guest):
        assert service.get(f"/api/v1/reports/{row['id']}", token).json()["error"] == "report_not_found"
        assert service.get("/api/v1/reports", token).json()["data"] == []
        assert service.get("/api/v1/admin/reports", token).status_code == 403
        assert change(service, row["id"], {"state": "closed"}, token).status_code == 403
    assert service.get("/api/v1/reports").status_code == 401
    assert service.post("/api/v1/reports", BODY).status_code == 401


def test_has_pages_and_an_end(service: PeopleService) -> None:
    token = service.member()
    ids = [report(service, token)["id"] for _ in range(20)]
    assert service.post("/api/v1/reports", BODY, token).json()["error"] == "too_many_reports"
    first = service.get("/api/v1/reports/?limit=15", token).json()
    rest = service.get(f"/api/v1/reports?limit=15&cursor={first['next']}", token).json()
    assert [row["id"] for row in first["data"] + rest["data"]] == ids[::-1]
    queue = service.get("/api/v1/admin/reports?limit=15&station_id=ST-4", ADMIN).json()
    rest = service.get(f"/api/v1/admin/reports?limit=15&cursor={queue['next']}", ADMIN).json()
    assert [row["id"] for row in queue["data"] + rest["data"]] == ids
    change(service, ids[0], {"state": "closed"})
    assert service.post("/api/v1/reports", BODY, token).status_code == 201


def test_a_station_nobody_knows_is_refused(settings: Settings, start_service: Start) -> None:
    with people_service(settings, start_service, stations=frozenset({"ST-4"})) as service:
        token = service.member()
        report(service, token)
        refused = service.post("/api/v1/reports", BODY | {"station_id": "ST-5"}, token)
        assert (refused.status_code, refused.json()["error"]) == (404, "station_not_found")


def test_a_report_outlives_its_author_without_their_words(
    service: PeopleService, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    token = service.member()
    row = report(service, token)
    assert service.post("/api/v1/auth/delete", {"password": PASSWORD}, token).status_code == 202
    queue = "/api/v1/admin/reports"
    eventually(lambda: service.get(queue, ADMIN).json()["data"][0]["text"] is None)
    assert change(service, row["id"], {"state": "closed"}).status_code == 200


def test_a_guest_s_reports_move_to_the_account(service: PeopleService) -> None:
    _, guest = service.guest()
    row = report(service, guest)
    service.member()
    body = {"username": "rider", "password": PASSWORD, "guest_token": guest}
    token = service.post("/api/v1/auth/login", body).json()["access"]
    assert service.get(f"/api/v1/reports/{row['id']}", token).status_code == 200
    change(service, row["id"], {"state": "closed"})
    assert service.get("/api/v1/notifications", token).json()["unread"] == 1


def test_the_rider_is_told_by_mail_too(
    settings: Settings, start_service: Start, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    mailbox = Mailbox()
    with (
        mail_server(mailbox) as address,
        people_service(settings.model_copy(update={"smtp_url": address}), start_service) as service,
    ):
        body = {"email": "rider@example.org", "password": PASSWORD, "username": "rider"}
        assert service.post("/api/v1/auth/register", body).status_code == 201
        assert service.post("/api/v1/auth/confirm", {"token": mailbox.link(0)}).status_code == 200
        row = report(service, str(service.log_in()["access"]))
        change(service, row["id"], {"state": "closed", "answer": "Repaired."})
        eventually(lambda: len(mailbox.mails) == 2)
    assert "is closed. Repaired." in mailbox.text(1)
