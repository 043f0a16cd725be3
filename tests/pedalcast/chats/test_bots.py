"""Kept chats with bots: each chat stays with its bot, for those who may ask it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncGenerator
from typing import Any

import orjson
import pytest

from pedalcast.bots.answering_bot import GUIDE, AnsweringBot
from pedalcast.chat.schemas import ChatRequest
from tests.pedalcast.chats.scripted_answering import ScriptedAnswering
from tests.pedalcast.people_service import PeopleService, bearer

ADMIN = "a-token-of-the-tests"
CHAT, SESSIONS = "/api/v1/chatbot/chat", "/api/v1/chatbot/sessions"


class AnsweringAsBots(ScriptedAnswering):
    """Remembers as whom it answered."""

    def __init__(self) -> None:
        super().__init__()
        self.bots: list[AnsweringBot] = []
        self.askers: list[str] = []

    def events(
        self, request: ChatRequest, session_id: str, bot: AnsweringBot = GUIDE, asker: str = ""
    ) -> AsyncGenerator[Any, None]:
        self.bots.append(bot)
        self.askers.append(asker)
        return super().events(request, session_id)


@pytest.fixture
def answering() -> AnsweringAsBots:
    return AnsweringAsBots()


def bot_of(service: PeopleService, token: str, **fields: Any) -> str:
    """The id of a new bot."""
    response = service.post("/api/v1/bots", {"name": "Rules", **fields}, token)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def test_a_chat_stays_with_its_bot_on_each_database(service_on_each: PeopleService, answering: AnsweringAsBots) -> None:
    service, token = service_on_each, service_on_each.member()
    bot = bot_of(service, token, instructions="Be brief.", language="ko")
    chat = service.post(CHAT, {"message": "환불은요?", "bot_id": bot}, token).json()
    more = service.post(CHAT, {"message": "언제까지요?", "session_id": chat["session_id"]}, token).json()
    service.post(f"/api/v1/chatbot/messages/{more['message_id']}/regenerate", token=token)
    service.post(CHAT, {"message": "헬멧은요?"}, token)
    assert [asked.id for asked in answering.bots] == [bot, bot, bot, "help"]
    rules = answering.bots[0].rules
    assert (rules.instructions, rules.language, rules.live, rules.about_service) == ("Be brief.", "ko", False, False)
    assert [request.bot_id for request in answering.requests] == [bot, bot, bot, "help"]
    listed = service.get(f"{SESSIONS}?bot_id={bot}", token).json()["data"]
    assert [(row["id"], row["bot_id"]) for row in listed] == [(chat["session_id"], bot)]
    assert {row["bot_id"] for row in service.get(SESSIONS, token).json()["data"]} == {bot, "help"}
    assert service.get(f"{SESSIONS}/{chat['session_id']}", token).json()["data"]["bot_id"] == bot
    other = service.post(CHAT, {"message": "x", "session_id": chat["session_id"], "bot_id": "help"}, token)
    assert (other.status_code, other.json()["error"]) == (409, "other_bot")
    archive = zipfile.ZipFile(io.BytesIO(service.get("/api/v1/auth/export", token).content))
    logged = orjson.loads(archive.read("search_log.json"))
    assert sorted(row["bot_id"] for row in logged) == sorted([bot, bot, bot, "help"])


def test_whoever_may_not_ask_a_bot_does_not_chat_with_it(service: PeopleService, answering: AnsweringAsBots) -> None:
    owner, other, (_, guest) = service.member("owner"), service.member("other"), service.guest()
    bot = bot_of(service, owner)
    for stranger in (other, guest):
        refused = service.post(CHAT, {"message": "x", "bot_id": bot}, stranger)
        assert (refused.status_code, refused.json()["error"]) == (404, "bot_not_found")
        assert service.get(SESSIONS, stranger).json()["data"] == []
    public = {"visibility": "public"}
    service.client.patch(f"/api/v1/bots/{bot}", json=public, headers=bearer(owner))
    chat = service.post(CHAT, {"message": "x", "bot_id": bot}, guest)
    assert chat.status_code == 200
    service.client.delete(f"/api/v1/bots/{bot}", headers=bearer(owner))
    again = service.post(CHAT, {"message": "x", "session_id": chat.json()["session_id"]}, guest)
    assert again.json()["error"] == "bot_not_found"
    assert len(answering.requests) == 1


def test_a_draft_answers_nobody(service: PeopleService, answering: AnsweringAsBots) -> None:
    token = service.member()
    bot = bot_of(service, token, instructions="One.")
    change = {"instructions": "Two."}
    service.client.patch(f"/api/v1/bots/{bot}", json=change, headers=bearer(token))
    service.post(CHAT, {"message": "x", "bot_id": bot}, token)
    service.post(f"/api/v1/bots/{bot}/versions/2/publish", token=token)
    service.post(CHAT, {"message": "x", "bot_id": bot}, token)
    asked = [(bot.version, bot.rules.instructions) for bot in answering.bots]
    assert asked == [(1, "One."), (2, "Two.")]


def test_a_single_page_s_guest_goes_on_with_the_guide(service: PeopleService, answering: AnsweringAsBots) -> None:
    owner, (_, guest) = service.member("owner"), service.guest()
    bot = bot_of(service, owner, visibility="public")
    first = service.post("/api/v1/triple/chat", {"question": "a"}, guest).json()["chat_id"]
    service.post(CHAT, {"message": "b", "bot_id": bot}, guest)
    assert service.post("/api/v1/triple/chat", {"question": "c"}, guest).json()["chat_id"] == first
    assert [asked.id for asked in answering.bots] == ["help", bot, "help"]


def test_admins_see_which_bot_answered_badly(service: PeopleService) -> None:
    token = service.member()
    bot = bot_of(service, token)
    for asked in (bot, "help"):
        message = service.post(CHAT, {"message": asked, "bot_id": asked}, token).json()["message_id"]
        service.post(f"/api/v1/chatbot/messages/{message}/feedback", {"feedback": "down"}, token)
    rows = service.get("/api/v1/admin/answers", ADMIN).json()["data"]
    assert [(row["bot_id"], row["question"]) for row in rows] == [("help", "help"), (bot, bot)]
    rows = service.get(f"/api/v1/admin/answers?bot_id={bot}", ADMIN).json()["data"]
    assert [row["bot_id"] for row in rows] == [bot]


def test_a_guest_s_answers_count_to_the_address_a_member_s_to_the_member(
    service: PeopleService, answering: AnsweringAsBots
) -> None:
    token = service.member()
    bot = bot_of(service, token, visibility="public")
    guests = [service.guest()[1] for _ in range(2)]
    for asking in (*guests, token):
        chat = service.post(CHAT, {"message": "x", "bot_id": bot}, asking).json()
        service.post(f"/api/v1/chatbot/messages/{chat['message_id']}/regenerate", token=asking)
    scopes = {"name": "nightly", "scopes": ["chat"], "days": 1}
    program = service.post("/api/v1/auth/tokens", scopes, token).json()["token"]
    service.post(CHAT, {"message": "x", "bot_id": bot}, program)
    (address,) = set(answering.askers[:4])
    (member,) = set(answering.askers[4:])
    assert (address.partition(":")[0], member.partition(":")[0], len(answering.askers)) == ("address", "user", 7)
