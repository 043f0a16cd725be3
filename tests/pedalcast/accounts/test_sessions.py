"""Sign-ins while Redis is away, and tokens that are not ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
import redis
from pydantic import SecretStr

from pedalcast.accounts.lifespan import signing_key
from pedalcast.accounts.sessions.access_token import AccessClaims, AccessTokenCodec
from pedalcast.settings import Settings
from tests.missing import missing
from tests.pedalcast.people_service import PeopleService, Start, people_service
from tests.redis_server import bundled, installed, redis_server


@pytest.fixture
def service_whose_redis_ends(
    people_settings: Settings, start_service: Start, tmp_path: Path
) -> Iterator[tuple[PeopleService, Iterator[None]]]:
    """A service, and a generator: taking its next item ends the service's Redis."""
    binary = bundled() or installed()
    if binary is None:
        missing("a redis-server")
    server = redis_server(binary, tmp_path)
    settings = people_settings.model_copy(update={"redis_url": SecretStr(server.__enter__())})

    def end() -> Iterator[None]:
        server.__exit__(None, None, None)
        yield

    with people_service(settings, start_service) as service:
        yield service, end()


def test_without_redis_a_member_goes_on_for_what_is_left_of_the_token(
    service_whose_redis_ends: tuple[PeopleService, Iterator[None]],
) -> None:
    service, end = service_whose_redis_ends
    token = service.member()
    _, guest = service.guest()
    codec = AccessTokenCodec(signing_key(service.people.settings))
    claims = codec.decode(token, datetime.now(UTC))
    old = codec.encode(claims, datetime.now(UTC) - timedelta(minutes=16))
    next(end)
    assert service.get("/api/v1/auth/me", token).status_code == 200
    assert service.get("/api/v1/auth/me", old).json()["error"] == "token_expired"
    assert service.get("/api/v1/auth/me", guest).status_code == 200  # the database knows until when
    assert service.post("/api/v1/auth/login", {"username": "rider", "password": "wrong"}).status_code == 401


def test_tokens_signed_otherwise_are_refused(service: PeopleService) -> None:
    claims = AccessClaims("operator", "operator", "member", "admin")
    payload = jwt.decode(
        AccessTokenCodec("x" * 40).encode(claims, datetime.now(UTC)), options={"verify_signature": False}
    )
    unsigned = jwt.encode(payload, None, "none")
    for token in (AccessTokenCodec("x" * 40).encode(claims, datetime.now(UTC)), unsigned, "nonsense", "pcat_nonsense"):
        assert service.get("/api/v1/auth/me", token).json()["error"] == "token_invalid"


def test_a_signed_token_without_a_session_is_refused(service: PeopleService) -> None:
    codec = AccessTokenCodec(signing_key(service.people.settings))
    token = codec.encode(AccessClaims("operator", "none", "member", "admin"), datetime.now(UTC))
    assert service.get("/api/v1/auth/me", token).json()["error"] == "session_expired"


def test_sessions_that_redis_has_lost_go_on(service: PeopleService, redis_client: redis.Redis) -> None:
    member, (_, guest) = service.member(), service.guest()
    kept = redis_client.keys("account:session:*")
    redis_client.delete(*kept)
    for token in (member, guest):
        assert service.get("/api/v1/auth/me", token).status_code == 200
    assert set(redis_client.keys("account:session:*")) == set(kept)


def test_sessions_that_have_ended_do_not(service: PeopleService, redis_client: redis.Redis) -> None:
    token = service.member()
    assert service.post("/api/v1/auth/logout", None, token).status_code == 200
    redis_client.flushdb()
    assert service.get("/api/v1/auth/me", token).json()["error"] == "session_expired"


def test_the_signing_key_is_private_and_stays(people_settings: Settings) -> None:
    key = signing_key(people_settings)
    assert signing_key(people_settings) == key
    assert len(key) >= 32
    assert (people_settings.data_dir / "jwt-key").stat().st_mode & 0o077 == 0
