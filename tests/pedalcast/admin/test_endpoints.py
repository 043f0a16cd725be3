"""Answers with bad feedback, and questions nobody could answer, for admins alone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from pedalcast.chats.models import ChatMessage, ChatSession, SearchLogEntry
from pedalcast.database.engine import Database
from tests.pedalcast.people_service import PeopleService

ADMIN = "a-token-of-the-tests"
PATH = "/api/v1/admin/answers"
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


async def fill(service: PeopleService, user_id: str) -> None:
    """Two turns, one rated down; and a question of each kind in the search log."""
    database = Database(service.people.database.url)
    async with database.transaction() as session:
        chat = ChatSession(user_id=user_id, title="t", created_at=NOW, updated_at=NOW)
        session.add(chat)
        await session.flush()
        for number in range(2):
            for role, text in (("user", "question"), ("assistant", "answer")):
                message = ChatMessage(
                    session_id=chat.id, role=role, content=f"{text} {number}", state="complete", sources=[],
                    details={}, created_at=NOW,
                )  # fmt: skip
                if (role, number) == ("assistant", 1):
                    message.feedback, message.feedback_reason = "down", "wrong"
                session.add(message)
                await session.flush()
        for answered in (True, False):
            session.add(
                SearchLogEntry(
                    user_id=user_id, question=f"asked {answered}", language="en", route="documents", passages=[],
                    answered=answered, seconds=0.1, asked_at=NOW,
                )
            )  # fmt: skip
            await session.flush()
    await database.close()


def test_lists_on_each_database(service_on_each: PeopleService) -> None:
    service, token = service_on_each, service_on_each.member()
    asyncio.run(fill(service, service.get("/api/v1/auth/me", token).json()["user"]["id"]))
    down = service.get(PATH, ADMIN).json()
    assert [(row["question"], row["answer"], row["reason"]) for row in down["data"]] == [
        ("question 1", "answer 1", "wrong")
    ]
    assert down["next"] is None
    unanswered = service.get(f"{PATH}?feedback=unanswered", ADMIN).json()["data"]
    assert [(row["question"], row["language"], row["route"]) for row in unanswered] == [
        ("asked False", "en", "documents")
    ]
    assert "user_id" not in str(down)
    assert service.get(f"{PATH}?feedback=up", ADMIN).status_code == 422


def test_for_admins_alone(service: PeopleService) -> None:
    assert service.get(PATH, service.member()).json()["error"] == "admin_needed"
    assert service.get(PATH).status_code == 401
