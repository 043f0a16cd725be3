"""A chat as a file, and the search for it."""

from __future__ import annotations

import pytest

from tests.pedalcast.people_service import PeopleService


@pytest.fixture
def chat(service: PeopleService) -> tuple[str, int]:
    """The token of a guest, and a chat of theirs."""
    token = service.guest()[1]
    answer = service.post("/api/v1/chatbot/chat/", {"message": "헬멧을\n꼭 써야 하나요?"}, token).json()
    return token, answer["session_id"]


def test_markdown_has_questions_answers_and_sources(service: PeopleService, chat: tuple[str, int]) -> None:
    token, session_id = chat
    response = service.get(f"/api/v1/chatbot/sessions/{session_id}/export/", token)
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert response.headers["content-disposition"] == f'attachment; filename="chat-{session_id}.md"'
    assert response.text.startswith("# 헬멧을 꼭 써야 하나요?\n\n## Question, ")
    assert "1. 도움말: 헬멧을 쓰세요." in response.text


def test_json_is_what_the_chat_is(service: PeopleService, chat: tuple[str, int]) -> None:
    token, session_id = chat
    path = f"/api/v1/chatbot/sessions/{session_id}"
    assert service.get(f"{path}/export?format=json", token).json() == service.get(path, token).json()["data"]


def test_another_person_has_no_such_chat(service: PeopleService, chat: tuple[str, int]) -> None:
    other = service.guest()[1]
    response = service.get(f"/api/v1/chatbot/sessions/{chat[1]}/export", other)
    assert (response.status_code, response.json()["error"]) == (404, "session_not_found")


def test_words_of_an_answer_lead_to_the_chat(service_on_each: PeopleService) -> None:
    service = service_on_each
    token = service.guest()[1]
    ids = [
        service.post("/api/v1/chatbot/chat/", {"message": message}, token).json()["session_id"]
        for message in ("100% of refunds", "Helmets")
    ]
    service.client.patch(
        f"/api/v1/chatbot/sessions/{ids[0]}", json={"title": "Money"}, headers={"Authorization": f"Bearer {token}"}
    )
    for words, expected in (
        ("REFUNDS", [ids[0]]),
        ("0% o", [ids[0]]),
        ("money", [ids[0]]),
        ("0_%", []),
        ("답", ids[::-1]),
    ):
        listed = service.client.get(
            "/api/v1/chatbot/sessions", params={"q": words}, headers={"Authorization": f"Bearer {token}"}
        )
        assert [row["id"] for row in listed.json()["data"]] == expected, words
