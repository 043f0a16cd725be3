"""Guests, by the contract of a single-page client."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import redis
from sqlalchemy import update

from pedalcast.accounts.models import User
from pedalcast.database.engine import Database
from tests.pedalcast.people_service import PASSWORD, PeopleService, bearer


def test_the_session_ends_in_redis_when_the_row_says(service_on_each: PeopleService, redis_client: redis.Redis) -> None:
    service = service_on_each
    user_id, _ = service.guest()
    assert service.post("/api/v1/triple/activity/", {"user_id": user_id}).status_code == 200
    remaining = redis_client.pttl(f"account:session:{user_id}")
    expires_at = asyncio.run(_expires_at(service, user_id))
    assert abs((expires_at - datetime.now(UTC)).total_seconds() - int(remaining) / 1000) < 1


async def _expires_at(service: PeopleService, user_id: str) -> datetime:
    database = Database(service.people.database.url)
    async with database.reading() as session:
        user = await session.get(User, user_id)
    await database.close()
    assert user is not None
    assert user.expires_at is not None
    return user.expires_at


def test_a_session_that_ended_says_so(service: PeopleService, redis_client: redis.Redis) -> None:
    user_id, token = service.guest()
    asyncio.run(_end(service, user_id))
    redis_client.delete(f"account:session:{user_id}")
    for response in (
        service.post("/api/v1/triple/activity", {"user_id": user_id}),
        service.post("/api/v1/triple/activity", None, token),
        service.post("/api/v1/triple/activity", {"user_id": "nobody"}),
    ):
        assert response.status_code == 401
        assert response.json()["error"] == "session_expired"
        assert response.json()["message"]


async def _end(service: PeopleService, user_id: str) -> None:
    database = Database(service.people.database.url)
    async with database.transaction() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await session.execute(update(User).where(User.id == user_id).values(expires_at=past))
    await database.close()


def test_the_id_alone_takes_nobody_over(service: PeopleService) -> None:
    user_id, token = service.guest()
    stranger = service.post("/api/v1/triple/user", {"user_id": user_id}).json()
    assert stranger["user_id"] != user_id
    same = service.post("/api/v1/triple/user", {"user_id": user_id}, token).json()
    assert same["user_id"] == user_id


def test_what_a_guest_kept_moves_over_at_sign_in(service_on_each: PeopleService) -> None:
    service = service_on_each
    member = service.member()
    service.client.put("/api/v1/favourites", json={"station_id": "ST-1", "label": "mine"}, headers=bearer(member))
    _, guest = service.guest()
    for station in ("ST-1", "ST-2"):
        service.client.put("/api/v1/favourites", json={"station_id": station}, headers=bearer(guest))
    rule = {"station_id": "ST-2", "kind": "bikes", "threshold": 1, "minutes": 30}
    assert service.post("/api/v1/alerts", rule, guest).status_code == 201
    body = {"username": "rider", "password": PASSWORD, "guest_token": guest}
    token = service.post("/api/v1/auth/login", body).json()["access"]
    favourites = service.get("/api/v1/favourites", token).json()["data"]
    assert favourites == [{"station_id": "ST-1", "label": "mine"}, {"station_id": "ST-2", "label": None}]
    assert len(service.get("/api/v1/alerts", token).json()["data"]) == 1
    assert service.get("/api/v1/favourites", guest).json()["error"] == "session_expired"


def test_a_guest_has_no_account_to_change(service: PeopleService) -> None:
    _, token = service.guest()
    assert service.get("/api/v1/auth/me", token).json()["user"]["kind"] == "guest"
    assert service.get("/api/v1/auth/tokens", token).json()["error"] == "account_needed"
