"""Chats and the search log go when `CHAT_RETENTION` has passed, at the start of the service and every hour after."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from pedalcast.chats.models import ChatMessage, ChatSession, SearchLogEntry
from pedalcast.chats.service import KeptChatService
from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database
from pedalcast.settings import Settings
from tests.pedalcast.chats.scripted_answering import ScriptedAnswering
from tests.pedalcast.chats.test_endpoints import ask
from tests.pedalcast.people_service import PeopleService, Start, bearer, people_service

Rows = tuple[int, list[str]]
AGE = timedelta(days=31)
MONTH = timedelta(days=30)


@pytest.fixture
def chats_of_a_member(settings: Settings, start_service: Start, database_url: str) -> Settings:
    """Settings of a database with four chats of a member: old, pinned, bookmarked (all unused for `AGE`), and new."""
    chosen = settings.model_copy(update={"database_url": SecretStr(database_url)})
    with people_service(chosen, start_service, ScriptedAnswering()) as service:
        token = service.member()
        answers = {title: ask(service, token, title).json() for title in ("old", "pinned", "bookmarked", "new")}
        path = f"/api/v1/chatbot/sessions/{answers['pinned']['session_id']}"
        assert service.client.patch(path, json={"pinned": True}, headers=bearer(token)).status_code == 200
        kept = {"content": "an answer", "message_id": answers["bookmarked"]["message_id"]}
        assert service.post("/api/v1/chatbot/bookmark/", kept, token).status_code < 300
        asyncio.run(_age(service, [answers[title]["session_id"] for title in ("old", "pinned", "bookmarked")]))
    return chosen


async def _age(service: PeopleService, session_ids: list[int]) -> None:
    """Let the chats, and the lines of the search log of their questions, be `AGE` old."""
    database, then = Database(service.people.database.url), datetime.now(UTC) - AGE
    async with database.transaction() as session:
        titles = (await session.scalars(select(ChatSession.title).where(ChatSession.id.in_(session_ids)))).all()
        await session.execute(update(ChatSession).where(ChatSession.id.in_(session_ids)).values(updated_at=then))
        await session.execute(update(SearchLogEntry).where(SearchLogEntry.question.in_(titles)).values(asked_at=then))
    await database.close()


async def _rows(database: Database) -> Rows:
    """How many messages there are, and the questions in the search log."""
    async with database.reading() as session:
        messages = await session.scalar(select(func.count()).select_from(ChatMessage))
        questions = list((await session.scalars(select(SearchLogEntry.question).order_by(SearchLogEntry.id))).all())
    return messages or 0, questions


def run(settings: Settings, scene: Callable[[Database], Awaitable[Rows]]) -> Rows:
    """The scene's result, on a connection of its own."""
    assert settings.database_url is not None
    url = parse_address(settings.database_url.get_secret_value())

    async def whole() -> Rows:
        database = Database(url)
        try:
            return await scene(database)
        finally:
            await database.close()

    return asyncio.run(whole())


def titles(service: PeopleService, token: str) -> set[str]:
    return {chat["title"] for chat in service.get("/api/v1/chatbot/sessions/", token).json()["data"]}


def test_what_was_not_used_goes_on_each_database(
    chats_of_a_member: Settings, start_service: Start, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    settings = chats_of_a_member.model_copy(update={"chat_retention": MONTH})
    with people_service(settings, start_service) as service:
        token = service.log_in()["access"]
        eventually(lambda: titles(service, token) == {"pinned", "new"})
        assert run(settings, _rows) == (4, ["new"])  # nothing else tells what was asked a month ago
        [bookmark] = service.get("/api/v1/chatbot/bookmarks/", token).json()["data"]
        assert (bookmark["content"], bookmark["message_id"]) == ("an answer", None)


@pytest.mark.parametrize("retention", [timedelta(0), AGE + timedelta(days=1)])
def test_what_is_younger_stays_and_with_zero_all(chats_of_a_member: Settings, retention: timedelta) -> None:
    async def clean(database: Database) -> Rows:
        await KeptChatService(database, retention, lambda: datetime.now(UTC)).clean()
        return await _rows(database)

    assert run(chats_of_a_member, clean) == (8, ["old", "pinned", "bookmarked", "new"])
