"""Limits by user and by address, in Redis and without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import redis
from pydantic import SecretStr

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


def test_one_network_of_ipv6_is_one_address(limited: PeopleService) -> None:
    body = {"username": "rider", "password": "wrong wrong wrong"}
    statuses = [
        limited.post("/api/v1/auth/login", body, None, **{"X-Forwarded-For": address}).status_code
        for address in [f"2001:db8:0:1::{n:x}" for n in range(1, 12)] + ["2001:db8:0:2::1"]
    ]
    assert (statuses[-2], statuses[-1]) == (429, 401)


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


PATH = "/api/v1/realtime/stations"


@pytest.fixture
def fast(settings: Settings, start_service: Start) -> Iterator[httpx.Client]:
    """A path that is answered before any middleware; forty requests a minute, so that a lease is two."""
    chosen = settings.model_copy(update={"rate_limit": "40/minute", "trusted_proxies": "127.0.0.0/8"})
    with people_service(chosen, start_service, fast_path=PATH) as service:
        yield service.client


def statuses(client: httpx.Client, count: int, address: str = "203.0.113.1") -> list[int]:
    return [client.get(PATH, headers={"X-Forwarded-For": address}).status_code for _ in range(count)]


class TestFastPath:
    def test_it_counts_against_the_same_limit(self, fast: httpx.Client, redis_client: redis.Redis) -> None:
        assert statuses(fast, 30) == [200] * 30
        assert fast.get("/api/v1/teams", headers={"X-Forwarded-For": "203.0.113.1"}).status_code == 401  # one more
        assert statuses(fast, 12) == [200] * 9 + [429] * 3
        assert statuses(fast, 1, "203.0.113.2") == [200]

    def test_a_refusal_says_when_to_come_back(self, fast: httpx.Client) -> None:
        statuses(fast, 40)
        refused = fast.get(PATH, headers={"X-Forwarded-For": "203.0.113.1"})
        assert refused.status_code == 429
        assert refused.json()["error"] == "rate_limited"
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["RateLimit-Remaining"] == "0"

    def test_redis_is_asked_once_a_lease(self, fast: httpx.Client, redis_client: redis.Redis) -> None:
        statuses(fast, 1)
        before = commands(redis_client)
        statuses(fast, 1)  # the second of the lease
        assert commands(redis_client) - before <= 1  # the INFO of this test


def commands(client: redis.Redis) -> int:
    info: Any = client.info("stats")
    return int(info["total_commands_processed"])


def test_without_redis_this_process_counts(settings: Settings, start_service: Start) -> None:
    away = {"redis_url": SecretStr("redis://127.0.0.1:9/0"), "rate_limit": "4/minute", "rate_limit_login": "3/minute"}
    with people_service(settings.model_copy(update=away), start_service, fast_path=PATH) as service:
        body = {"username": "nobody", "password": "not the password"}
        answers = [service.post("/api/v1/auth/login", body).status_code for _ in range(4)]
        assert answers == [401, 401, 401, 429]
        assert statuses(service.client, 6).count(429) >= 2


def test_refusals_and_sign_ins_are_counted(limited: PeopleService) -> None:
    body = {"username": "nobody", "password": "not the password"}
    for _ in range(5):
        limited.post("/api/v1/auth/login", body)
    value = limited.registry.get_sample_value
    assert value("pedalcast_rate_limited_total", {"limit": "login"}) == 2
    assert value("pedalcast_sign_ins_total", {"outcome": "refused"}) == 3
