"""Single-use links by mail and by command, over a real SMTP server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry

from pedalcast.accounts.commands import make_admin, make_link
from pedalcast.accounts.errors import AccountCommandError
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.people import build_people
from pedalcast.settings import Settings
from tests.pedalcast.mailbox import Mailbox, mail_server
from tests.pedalcast.people_service import PASSWORD, PeopleService, Start, people_service

NEW = "two wheels are just right"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def service_with_mail(settings: Settings, start_service: Start, mailbox: Mailbox) -> Iterator[PeopleService]:
    with (
        mail_server(mailbox) as address,
        people_service(settings.model_copy(update={"smtp_url": address}), start_service) as service,
    ):
        yield service


def test_an_address_is_confirmed_before_one_signs_in(service_with_mail: PeopleService, mailbox: Mailbox) -> None:
    service = service_with_mail
    body = {"email": "rider@example.org", "password": PASSWORD, "username": "rider"}
    service.post("/api/v1/auth/register", body)
    token = mailbox.link(0)
    refused = service.post("/api/v1/auth/login", {"username": "rider", "password": PASSWORD})
    assert refused.json()["error"] == "invalid_credentials"
    assert service.post("/api/v1/auth/confirm", {"token": token}).status_code == 200
    service.log_in()
    assert service.post("/api/v1/auth/confirm", {"token": token}).json()["error"] == "link_invalid"


def test_a_forgotten_password_is_replaced_once_and_signs_out_everywhere(
    service_with_mail: PeopleService, mailbox: Mailbox
) -> None:
    service = service_with_mail
    body = {"email": "rider@example.org", "password": PASSWORD, "username": "rider"}
    service.post("/api/v1/auth/register", body)
    service.post("/api/v1/auth/confirm", {"token": mailbox.link(0)})
    access = service.log_in()["access"]
    service.post("/api/v1/auth/forgot", {"email": "Rider@example.org"})
    token = mailbox.link(1)
    weak = service.post("/api/v1/auth/reset", {"token": token, "new_password": "rider@example.org"})
    assert weak.json()["error"] == "weak_password"  # and the link still works
    assert service.post("/api/v1/auth/reset", {"token": token, "new_password": NEW}).status_code == 200
    assert service.get("/api/v1/auth/me", access).status_code == 401
    service.log_in("rider", NEW)
    again = service.post("/api/v1/auth/reset", {"token": token, "new_password": NEW})
    assert again.json()["error"] == "link_invalid"


def test_an_admin_makes_links_and_admins_by_command(settings: Settings, start_service: Start) -> None:
    make_admin(settings, "chief@example.org", PASSWORD)
    link = make_link(settings, "chief@example.org", "login")
    with pytest.raises(AccountCommandError, match="no account"):
        make_link(settings, "nobody@example.org", "reset")
    with people_service(settings, start_service) as service:
        signed_in = service.client.get("/api/v1/auth/link", params={"token": link.split("token=")[1]})
        assert (signed_in.status_code, "pedalcast_refresh" in signed_in.headers["set-cookie"]) == (303, True)
        assert (
            service.post("/api/v1/auth/login", {"email": "chief@example.org", "password": PASSWORD}).json()["user"][
                "role"
            ]
            == "admin"
        )


def test_an_interrupted_deletion_is_finished_at_the_next_start(settings: Settings, start_service: Start) -> None:
    with people_service(settings, start_service) as service:
        token = service.member()
        user_id = service.get("/api/v1/auth/me", token).json()["user"]["id"]
    asyncio.run(_request_deletion(settings, user_id))  # the process ends before anything is removed
    with people_service(settings, start_service) as service:
        until = time.monotonic() + 60
        body = {"email": "rider@example.org", "password": PASSWORD, "username": "rider"}
        while service.post("/api/v1/auth/register", body).status_code == 409 and time.monotonic() < until:
            time.sleep(0.1)
        service.log_in()


async def _request_deletion(settings: Settings, user_id: str) -> None:
    assert settings.redis_url is not None
    people = build_people(settings, settings.redis_url.get_secret_value(), CollectorRegistry(), events=Broadcaster())
    await people.accounts.ownership.request_deletion(user_id)
    people.accounts.hasher.close()
    await people.accounts.redis.aclose()
    await people.database.close()
