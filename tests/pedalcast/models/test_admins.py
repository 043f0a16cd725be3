"""Who may use the calls about models, and that what they do is noted."""

from __future__ import annotations

import httpx
import pytest

from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.pedalcast.models.conftest import TOKEN, Keep
from tests.pedalcast.people_service import PASSWORD, bearer


@pytest.fixture
def client(settings: Settings, serve: Serve) -> httpx.Client:
    return serve(create_app(settings))


def sign_in(client: httpx.Client, name: str) -> tuple[str, str]:
    """Id and access token of a member, who registers first where need be."""
    body = {"email": f"{name}@example.org", "password": PASSWORD, "username": name}
    client.post("/api/v1/auth/register", json=body)
    signed_in = client.post("/api/v1/auth/login", json={"username": name, "password": PASSWORD}).json()
    return signed_in["user"]["id"], signed_in["access"]


def promote_to_admin(client: httpx.Client, user_id: str) -> None:
    path = f"/api/v1/admin/users/{user_id}"
    assert client.patch(path, json={"role": "admin"}, headers=bearer(TOKEN)).status_code == 200


def test_an_admin_s_session_and_program_may_and_others_may_not(client: httpx.Client) -> None:
    user_id, token = sign_in(client, "chief")
    assert client.get("/ai/models", headers=bearer(token)).json()["error"] == "admin_needed"
    promote_to_admin(client, user_id)
    assert client.get("/ai/models", headers=bearer(token)).status_code == 403  # that sign-in has ended
    _, token = sign_in(client, "chief")
    assert client.get("/ai/models", headers=bearer(token)).status_code == 200
    for scopes, status in ((["admin"], 200), (["chat", "account"], 403)):
        made = client.post("/api/v1/auth/tokens", json={"name": "x", "scopes": scopes}, headers=bearer(token)).json()
        assert client.get("/ai/jobs", headers=bearer(made["token"])).status_code == status
        assert client.get("/ai/jobs", headers={"X-Admin-Token": made["token"]}).status_code == status
    guest = client.post("/api/v1/triple/user", json={}).json()["token"]
    assert client.get("/ai/models", headers=bearer(guest)).json()["error"] == "admin_needed"


def test_what_they_do_is_noted(client: httpx.Client, keep: Keep) -> None:
    user_id, _ = sign_in(client, "chief")
    promote_to_admin(client, user_id)
    _, token = sign_in(client, "chief")
    keep("v1", promote=True)
    keep("v2")
    assert client.post("/ai/reload-model", headers=bearer(token)).status_code == 200
    assert client.post("/ai/models/v2/promote", json={"reason": "newer"}, headers=bearer(token)).status_code == 200
    assert client.post("/ai/models/rollback", headers=bearer(TOKEN)).status_code == 200
    assert client.post("/ai/models/v9/promote", headers=bearer(token)).status_code == 404
    job = client.post("/ai/retrain", headers=bearer(token)).json()["id"]
    assert client.delete(f"/ai/jobs/{job}", headers=bearer(token)).status_code in (202, 409)
    entries = client.get("/api/v1/admin/audit", headers=bearer(token)).json()["data"]
    noted = [(entry["actor_id"], entry["action"], entry["target"]) for entry in entries]
    noted = [entry for entry in noted if entry[1] != "job.cancel"]
    assert noted[:4] == [
        (user_id, "model.retrain", job),
        ("operator", "model.rollback", "v1"),
        (user_id, "model.promote", "v2"),
        (user_id, "model.reload", "v1"),
    ]
    details = next(entry["details"] for entry in entries if entry["action"] == "model.promote")
    assert details == {"before": "v1", "reason": "newer"}
