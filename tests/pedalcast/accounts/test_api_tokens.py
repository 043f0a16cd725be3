"""Programs' tokens: shown once, scoped, revocable."""

from __future__ import annotations

from tests.pedalcast.people_service import PeopleService, bearer

TOKENS = "/api/v1/auth/tokens"


def test_a_token_acts_within_its_scopes_until_it_is_revoked(service_on_each: PeopleService) -> None:
    service = service_on_each
    member = service.member()
    made = service.post(TOKENS, {"name": "nightly", "scopes": ["chat"]}, member).json()
    assert made["token"].startswith("pcat_")
    [listed] = service.get(TOKENS, member).json()["data"]
    assert made["token"] not in str(listed)
    assert service.get("/api/v1/favourites", made["token"]).status_code == 200
    assert service.get(TOKENS, made["token"]).json()["error"] == "scope_missing"
    assert service.client.delete(f"{TOKENS}/{made['id']}", headers=bearer(member)).status_code == 200
    assert service.get("/api/v1/favourites", made["token"]).json()["error"] == "token_invalid"


def test_another_persons_token_is_not_there(service: PeopleService) -> None:
    made = service.post(TOKENS, {"name": "mine", "scopes": ["chat"]}, service.member()).json()
    other = service.member("other")
    assert service.client.delete(f"{TOKENS}/{made['id']}", headers=bearer(other)).json()["error"] == "token_not_found"
    assert service.get(TOKENS, other).json()["data"] == []


def test_a_member_makes_no_admin_token(service: PeopleService) -> None:
    response = service.post(TOKENS, {"name": "more", "scopes": ["admin"]}, service.member())
    assert (response.status_code, response.json()["error"]) == (403, "forbidden")


def test_the_admin_token_is_one(service: PeopleService) -> None:
    assert service.get("/api/v1/auth/me", "a-token-of-the-tests").json()["user"]["role"] == "admin"
