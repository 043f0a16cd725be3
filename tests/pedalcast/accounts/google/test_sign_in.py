"""Sign-in with Google, against a provider on loopback that enforces PKCE; state, nonce and linking."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookies import SimpleCookie

import httpx
import orjson
import pytest
import redis
from pydantic import SecretStr
from sqlalchemy import update

from pedalcast.accounts.models import User
from pedalcast.database.engine import Database
from pedalcast.settings import Settings
from tests.pedalcast.accounts.google.openid_provider import PUBLIC, OpenIdProvider, journey, openid_provider
from tests.pedalcast.people_service import PeopleService, Start, people_service

EMAIL = "rider@example.org"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    with openid_provider() as running:
        yield running


@pytest.fixture
def google(settings: Settings, start_service: Start, provider: OpenIdProvider) -> Iterator[PeopleService]:
    chosen = settings.model_copy(
        update={
            "google_client_id": "pedalcast",
            "google_client_secret": SecretStr("secret-of-the-tests"),
            "google_issuer": provider.issuer,
            "public_url": PUBLIC,
            "rate_limits": False,
        }
    )
    provider.be("person-1", EMAIL, verified=True)
    with people_service(chosen, start_service) as service:
        yield service


def who(service: PeopleService, answer: httpx.Response) -> dict[str, object]:
    """The account that the cookies of a successful sign-in are of."""
    assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
    cookies = {
        name: morsel.value
        for line in answer.headers.get_list("set-cookie")
        for name, morsel in SimpleCookie(line).items()
    }
    tokens = service.post("/api/v1/auth/refresh", {"refresh": cookies["pedalcast_refresh"]}).json()
    user: dict[str, object] = service.get("/api/v1/auth/me", tokens["access"]).json()["user"]
    return user


def confirm(service: PeopleService) -> None:
    """As if every member had used the link to their address."""

    async def run() -> None:
        database = Database(service.people.database.url)
        async with database.transaction() as session:
            await session.execute(update(User).values(email_confirmed_at=datetime.now(UTC)))
        await database.close()

    asyncio.run(run())


def change_pending(client: redis.Redis, **changes: str) -> None:
    """Change what is remembered of the one sign-in under way."""
    [key] = client.keys("account:openid:*")  # type: ignore[misc]
    content = orjson.loads(client.get(key))  # type: ignore[arg-type]
    client.set(key, orjson.dumps(content | changes), ex=60)


class TestSignIn:
    def test_a_new_person_gets_an_account_and_comes_back_to_it(self, google: PeopleService) -> None:
        first = who(google, journey(google.client).finish(google.client))
        assert first["email"] == EMAIL
        assert who(google, journey(google.client).finish(google.client))["id"] == first["id"]

    def test_an_address_that_google_has_not_confirmed_is_not_taken(
        self, google: PeopleService, provider: OpenIdProvider
    ) -> None:
        provider.be("person-2", "other@example.org", verified=False)
        assert who(google, journey(google.client).finish(google.client))["email"] is None


class TestProtection:
    def test_the_provider_demands_the_verifier(self, google: PeopleService, redis_client: redis.Redis) -> None:
        under_way = journey(google.client)
        change_pending(redis_client, verifier="another-verifier-of-forty-three-characters-and-more")
        assert under_way.finish(google.client).json()["error"] == "openid_failed"

    def test_the_nonce_must_be_the_one_that_was_sent(self, google: PeopleService, redis_client: redis.Redis) -> None:
        under_way = journey(google.client)
        change_pending(redis_client, nonce="another")
        answer = under_way.finish(google.client)
        assert (answer.status_code, answer.json()["error"]) == (401, "openid_failed")

    def test_the_state_is_this_browser_s_and_works_once(self, google: PeopleService) -> None:
        under_way = journey(google.client)
        assert under_way.finish(google.client, cookie="another").json()["error"] == "openid_failed"
        who(google, under_way.finish(google.client))
        assert under_way.finish(google.client).json()["error"] == "openid_failed"

    def test_a_person_who_declines_is_told(self, google: PeopleService) -> None:
        answer = google.get("/api/v1/auth/callback/google?state=a&error=access_denied")
        assert (answer.status_code, answer.json()["error"]) == (401, "openid_failed")


class TestLinking:
    @pytest.mark.parametrize(("ours", "theirs"), [(False, True), (True, False), (False, False)])
    def test_one_unconfirmed_address_is_enough_to_refuse(
        self, google: PeopleService, provider: OpenIdProvider, *, ours: bool, theirs: bool
    ) -> None:
        google.member()
        if ours:
            confirm(google)
        provider.be("person-1", EMAIL, verified=theirs)
        answer = journey(google.client).finish(google.client)
        assert (answer.status_code, answer.json()["error"]) == (409, "account_not_linked")
        assert "set-cookie" not in answer.headers

    def test_two_confirmed_addresses_are_one_person(self, google: PeopleService) -> None:
        token = google.member()
        confirm(google)
        user = who(google, journey(google.client).finish(google.client))
        assert user["id"] == google.get("/api/v1/auth/me", token).json()["user"]["id"]


def test_without_a_client_id_there_is_no_such_sign_in(settings: Settings, start_service: Start) -> None:
    with people_service(settings, start_service) as service:
        assert service.get("/api/v1/auth/login/google").json()["error"] == "google_not_configured"
