"""A single-page client's guest asks."""

from __future__ import annotations

from tests.pedalcast.chats.scripted_answering import ScriptedAnswering
from tests.pedalcast.people_service import PeopleService

CHAT = "/api/v1/triple/chat/"


def test_the_token_goes_on_with_the_newest_chat(service: PeopleService, answering: ScriptedAnswering) -> None:
    user_id, token = service.guest()
    first = service.post(CHAT, {"user_id": user_id, "question": "환불은요?"}, token).json()
    assert (set(first), first["response"]) == ({"response", "chat_id", "images"}, "답: 환불은요? [1]")
    assert service.post(CHAT, {"user_id": user_id, "question": "왜요?"}, token).json()["chat_id"] == first["chat_id"]
    assert len(answering.requests[1].chat_history) == 2


def test_the_id_alone_asks_and_reads_nothing_kept(service: PeopleService, answering: ScriptedAnswering) -> None:
    user_id, token = service.guest()
    first = service.post(CHAT, {"user_id": user_id, "question": "비밀"}, token).json()
    second = service.post(CHAT, {"user_id": user_id, "question": "왜요?"}).json()
    assert second["chat_id"] != first["chat_id"]
    assert answering.requests[1].chat_history == []
    assert service.get("/api/v1/chatbot/sessions/").status_code == 401


def test_nobody_asks_as_a_member_or_without_a_name(service: PeopleService) -> None:
    member = service.get("/api/v1/auth/me", service.member()).json()["user"]["id"]
    for body in ({"user_id": member, "question": "a"}, {"user_id": "nobody", "question": "a"}, {"question": "a"}):
        response = service.post(CHAT, body)
        assert (response.status_code, response.json()["error"]) == (401, "session_expired")
