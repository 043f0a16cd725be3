"""Limits by user and by address, in Redis and without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pedalcast.accounts.rate_limits.client_address import client_address, parse_networks
from pedalcast.settings import Settings
from tests.pedalcast.people_service import PeopleService, Start, people_service


@pytest.fixture
def limited(settings: Settings, start_service: Start) -> Iterator[PeopleService]:
    """Three sign-ins and six requests a minute."""
    strict = {"rate_limit_login": "3/minute", "rate_limit": "6/minute", "trusted_proxies": "127.0.0.0/8"}
    with people_service(settings.model_copy(update=strict), start_service) as service:
        yield service


def test_signing_in_too_often_is_429_and_says_when_to_come_back(limited: PeopleService) -> None:
    body = {"username": "nobody", "password": "not the password"}
    answers = [limited.post("/api/v1/auth/login/", body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[0].headers["RateLimit-Remaining"] == "2"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].json()["error"] == "rate_limited"


def test_the_address_behind_a_trusted_proxy_is_counted(limited: PeopleService) -> None:
    body = {"username": "nobody", "password": "not the password"}
    for _ in range(4):
        limited.post("/api/v1/auth/login", body, None, **{"X-Forwarded-For": "203.0.113.1"})
    other = limited.post("/api/v1/auth/login", body, None, **{"X-Forwarded-For": "203.0.113.2"})
    assert other.status_code == 401


def test_a_user_is_counted_apart_from_the_address(limited: PeopleService) -> None:
    _, token = limited.guest()
    assert [limited.get("/api/v1/favourites", token).status_code for _ in range(7)] == [200] * 6 + [429]
    assert limited.get("/api/v1/favourites").status_code == 401


@pytest.mark.parametrize(
    ("peer", "header", "expected"),
    [
        ("203.0.113.9", b"198.51.100.1", "203.0.113.9"),  # no proxy of ours: its word counts for nothing
        ("10.0.0.1", b"198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", b"198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.1", b"nonsense", "10.0.0.1"),
        ("10.0.0.1", b"", "10.0.0.1"),
    ],
)
def test_a_forwarded_address_is_taken_from_a_trusted_proxy_only(peer: str, header: bytes, expected: str) -> None:
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", header)]}
    assert client_address(scope, parse_networks("10.0.0.0/8")) == expected
