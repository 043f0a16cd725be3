"""Canary secrets are in no log, error or metric."""

from __future__ import annotations

import pytest

from tests.pedalcast.people_service import PeopleService

CANARY = "canary-7d1f-with-many-letters"


def test_planted_secrets_are_found_nowhere(service: PeopleService, capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    body = {"email": "rider@example.org", "password": CANARY, "username": "rider"}
    texts.append(service.post("/api/v1/auth/register", body).text)
    tokens = service.post("/api/v1/auth/login", {"username": "rider", "password": CANARY}).json()
    texts += [
        service.post("/api/v1/auth/register", body | {"email": CANARY}).text,
        service.post("/api/v1/auth/login", {"password": CANARY}).text,
        service.post("/api/v1/auth/refresh", {"refresh": CANARY}).text,
        service.post("/api/v1/auth/reset", {"token": CANARY, "new_password": "short"}).text,
        service.get(f"/api/v1/auth/link?token={CANARY}").text,
        service.get("/api/v1/auth/me", CANARY).text,
    ]
    service.post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]})
    service.post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]})  # revokes, and says so in the log
    captured = capsys.readouterr()
    said = captured.out + captured.err + "".join(texts)
    assert "refresh token used twice" in said
    for secret in (CANARY, tokens["refresh"], tokens["access"]):
        assert secret not in said
