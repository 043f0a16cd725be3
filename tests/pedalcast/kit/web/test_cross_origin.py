"""What a browser lets pages of other sites read: everything for the named origins, public GETs for all."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pedalcast.settings import Settings
from tests.pedalcast.people_service import PASSWORD, PeopleService, Start, people_service

OURS, OTHER = "https://app.example.org", "https://elsewhere.example.net"
PRIVATE, PUBLIC, KEPT = "/api/v1/auth/me", "/api/v1/notices", "/api/v1/realtime/stations"


@pytest.fixture
def service(settings: Settings, start_service: Start) -> Iterator[PeopleService]:
    """One origin is named; `KEPT` is answered in front of every middleware, thirty times a minute."""
    chosen = {"cors_origins": f"{OURS}, https://second.example.org", "rate_limit": "30/minute"}
    with people_service(settings.model_copy(update=chosen), start_service, fast_path=KEPT) as running:
        yield running


def preflight(service: PeopleService, path: str, origin: str, method: str, *headers: str) -> httpx.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = ", ".join(headers)
    return service.client.options(path, headers=asked)


def reader(response: httpx.Response) -> tuple[str | None, str | None]:
    """Who may read the answer, and whether with credentials."""
    return tuple(response.headers.get(f"access-control-allow-{name}") for name in ("origin", "credentials"))  # type: ignore[return-value]


class TestNamedOrigins:
    def test_read_everything_with_credentials(self, service: PeopleService) -> None:
        token = service.member()
        response = service.get(PRIVATE, token, Origin=OURS)
        assert (response.status_code, reader(response)) == (200, (OURS, "true"))
        assert "origin" in response.headers["vary"].lower()
        for path in (PUBLIC, KEPT):  # a wildcard would be refused to a request with credentials
            assert reader(service.get(path, Origin=OURS)) == (OURS, "true")

    def test_read_refusals_and_when_to_come_back(self, service: PeopleService) -> None:
        response = service.get(PRIVATE, Origin=OURS)
        assert (response.status_code, reader(response)) == (401, (OURS, "true"))
        assert "Retry-After" in response.headers["access-control-expose-headers"]

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
    def test_a_preflight_admits_what_the_api_takes(self, service: PeopleService, method: str) -> None:
        asked = ("authorization", "content-type", "x-csrf-token", "last-event-id", "if-none-match")
        response = preflight(service, PRIVATE, OURS, method, *asked)
        assert (response.status_code, reader(response)) == (200, (OURS, "true"))
        assert method in response.headers["access-control-allow-methods"]
        admitted = response.headers["access-control-allow-headers"].lower()
        assert [name for name in asked if name not in admitted] == []

    def test_a_header_of_no_use_here_is_not_admitted(self, service: PeopleService) -> None:
        assert preflight(service, PRIVATE, OURS, "GET", "x-http-method-override").status_code == 400


class TestOtherOrigins:
    @pytest.mark.parametrize("origin", [OTHER, "null", f"{OURS}.evil.example", "http://app.example.org"])
    def test_read_nothing_of_a_person(self, service: PeopleService, origin: str) -> None:
        token = service.member()
        assert reader(service.get(PRIVATE, token, Origin=origin)) == (None, None)
        assert reader(preflight(service, PRIVATE, origin, "GET", "authorization")) == (None, None)

    def test_do_not_sign_anybody_in(self, service: PeopleService) -> None:
        service.member()
        body = {"username": "rider", "password": PASSWORD}
        assert reader(service.post("/api/v1/auth/login", body, None, Origin=OTHER)) == (None, None)

    @pytest.mark.parametrize("path", [PUBLIC, KEPT])
    def test_read_public_answers_without_credentials(self, service: PeopleService, path: str) -> None:
        response = service.get(path, Origin=OTHER)
        assert (response.status_code, reader(response)) == (200, ("*", None))
        assert "ETag" in response.headers["access-control-expose-headers"]

    def test_may_poll_with_a_tag(self, service: PeopleService) -> None:
        response = preflight(service, KEPT, OTHER, "GET", "if-none-match")
        assert (response.status_code, reader(response)) == (200, ("*", None))
        tag = service.get(KEPT, Origin=OTHER).headers["ETag"]
        response = service.get(KEPT, None, **{"Origin": OTHER, "If-None-Match": tag})
        assert (response.status_code, reader(response)) == (304, ("*", None))

    def test_do_not_write_to_a_public_path(self, service: PeopleService) -> None:
        assert preflight(service, PUBLIC, OTHER, "POST", "content-type").status_code == 400
        assert reader(service.post(PUBLIC, {}, service.member(), Origin=OTHER)) == (None, None)

    def test_learn_when_to_come_back(self, service: PeopleService) -> None:
        answers = [service.get(KEPT, Origin=OTHER) for _ in range(31)]
        assert (answers[-1].status_code, reader(answers[-1])) == (429, ("*", None))
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert "Retry-After" in answers[-1].headers["access-control-expose-headers"]


def test_without_the_setting_nobody_is_named(settings: Settings, start_service: Start) -> None:
    with people_service(settings, start_service) as service:
        assert reader(service.get(PRIVATE, service.member(), Origin=OURS)) == (None, None)
        assert reader(service.get(PUBLIC, Origin=OURS)) == ("*", None)
