"""What admins do, that it takes effect at once, and that it is noted."""

from __future__ import annotations

from tests.pedalcast.people_service import PeopleService, bearer

ADMIN = "a-token-of-the-tests"


def test_a_ban_and_a_role_take_effect_at_once_and_are_noted(service_on_each: PeopleService) -> None:
    service = service_on_each
    token = service.member()
    user_id = service.get("/api/v1/auth/me", token).json()["user"]["id"]
    refresh = service.log_in()["refresh"]
    path = f"/api/v1/admin/users/{user_id}/"
    assert service.client.patch(path, json={"banned": True}, headers=bearer(ADMIN)).status_code == 200
    assert service.get("/api/v1/auth/me", token).status_code == 401
    assert service.post("/api/v1/auth/refresh", {"refresh": refresh}).status_code == 401
    assert service.post("/api/v1/auth/login", {"username": "rider", "password": "x" * 12}).status_code == 401
    body = {"banned": False, "role": "admin"}
    assert service.client.patch(path, json=body, headers=bearer(ADMIN)).json()["user"]["role"] == "admin"
    chief = service.log_in()["access"]
    entries = service.get("/api/v1/admin/audit", chief).json()["data"]
    noted = [(entry["actor_id"], entry["action"], entry["target"]) for entry in entries]
    assert noted[:3] == [
        ("operator", "account.unban", user_id),
        ("operator", "account.role", user_id),
        ("operator", "account.ban", user_id),
    ]
    own = service.client.patch(path, json={"role": "member"}, headers=bearer(chief))
    assert own.json()["error"] == "own_account"


def test_others_are_refused(service: PeopleService) -> None:
    token = service.member()
    assert service.get("/api/v1/admin/audit", token).json()["error"] == "admin_needed"
    assert service.get("/api/v1/admin/audit").status_code == 401
    assert service.get("/api/v1/admin/audit", "nonsense").status_code == 403


def test_admins_find_accounts_by_address_or_name(service_on_each: PeopleService) -> None:
    service = service_on_each
    for name in ("anna_b", "annaxb", "boris"):
        service.member(name)
    service.guest()
    users = service.get("/api/v1/admin/users?q=ANNA_b", ADMIN).json()
    assert [user["email"] for user in users["data"]] == ["anna_b@example.org"]
    assert users["data"][0]["banned_at"] is None
    page = service.get("/api/v1/admin/users?q=example.org&limit=1&offset=1", ADMIN).json()
    assert page["total"] == 3
    assert [user["username"] for user in page["data"]] == ["annaxb"]
    assert service.get("/api/v1/admin/users", service.log_in("boris")["access"]).json()["error"] == "admin_needed"
