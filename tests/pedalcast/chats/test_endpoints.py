"""The contract of kept chats, field for field; and answers that nobody waits for."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.pedalcast.chats.scripted_answering import ScriptedAnswering
from tests.pedalcast.people_service import PeopleService, bearer

CHAT = "/api/v1/chatbot/chat/"


def ask(service: PeopleService, token: str, message: str = "헬멧을 꼭 써야 하나요?", **more: int) -> httpx.Response:
    return service.post(CHAT, {"message": message, **more}, token)


class TestContract:
    """On each kind of database."""

    def test_a_conversation_is_kept(self, service_on_each: PeopleService, answering: ScriptedAnswering) -> None:
        service = service_on_each
        token = service.guest()[1]
        first = ask(service, token).json()
        assert set(first) == {"success", "session_id", "message_id", "data"}
        assert set(first["data"]) == {"response", "sources", "images"}
        assert first["data"]["response"] == "답: 헬멧을 꼭 써야 하나요? [1]"
        ask(service, token, "왜요?", session_id=first["session_id"])
        history = [(turn.role, turn.content) for turn in answering.requests[1].chat_history]
        assert history == [("user", "헬멧을 꼭 써야 하나요?"), ("assistant", "답: 헬멧을 꼭 써야 하나요? [1]")]
        listed = service.get("/api/v1/chatbot/sessions/", token).json()["data"]
        assert [(row["title"], row["message_count"]) for row in listed] == [("헬멧을 꼭 써야 하나요?", 4)]
        assert listed[0]["last_message"]["content"] == "답: 왜요? [1]"
        detail = service.get(f"/api/v1/chatbot/sessions/{first['session_id']}/", token).json()["data"]
        assert [message["role"] for message in detail["messages"]] == ["user", "assistant"] * 2
        assert {"id", "role", "content", "sources", "metadata", "created_at"} == set(detail["messages"][0])
        assert detail["messages"][1]["sources"][0]["title"] == "도움말"
        gone = service.client.delete(
            f"/api/v1/chatbot/sessions/{first['session_id']}/delete/", headers=bearer(token)
        ).json()
        assert gone["success"] is True
        assert service.get("/api/v1/chatbot/sessions/", token).json()["data"] == []

    def test_ids_larger_than_any_column_are_no_fault_of_ours(self, service_on_each: PeopleService) -> None:
        token = service_on_each.guest()[1]
        asked = ask(service_on_each, token, session_id=2**70)
        opened = service_on_each.get(f"/api/v1/chatbot/sessions/{2**70}/", token)
        for response in (asked, opened):
            assert response.json()["error"] in {"number_too_large", "session_not_found"}
            assert response.status_code in {404, 422}

    def test_bookmarks_outlive_their_messages(self, service_on_each: PeopleService) -> None:
        service = service_on_each
        token = service.guest()[1]
        answer = ask(service, token).json()
        body = {"content": "쓰세요", "sources": answer["data"]["sources"], "message_id": answer["message_id"]}
        added = service.post("/api/v1/chatbot/bookmark/", body, token).json()
        service.client.delete(f"/api/v1/chatbot/sessions/{answer['session_id']}/delete/", headers=bearer(token))
        [kept] = service.get("/api/v1/chatbot/bookmarks/", token).json()["data"]
        assert (kept["content"], kept["message_id"]) == ("쓰세요", None)
        path = f"/api/v1/chatbot/bookmark/{added['data']['id']}/"
        assert service.client.delete(path, headers=bearer(token)).status_code == 200
        assert service.client.delete(path, headers=bearer(token)).json()["error"] == "bookmark_not_found"

    def test_what_a_guest_asked_moves_to_the_account(self, service_on_each: PeopleService) -> None:
        service = service_on_each
        service.member()
        guest = service.guest()[1]
        session_id = ask(service, guest).json()["session_id"]
        body = {"username": "rider", "password": "three wheels are one too many", "guest_token": guest}
        token = service.post("/api/v1/auth/login", body).json()["access"]
        assert service.get(f"/api/v1/chatbot/sessions/{session_id}/", token).status_code == 200

    def test_pages_name_the_next_and_pins_go_first(self, service: PeopleService) -> None:
        token = service.guest()[1]
        ids = [ask(service, token, f"질문 {number}").json()["session_id"] for number in range(3)]
        change = service.client.patch(
            f"/api/v1/chatbot/sessions/{ids[0]}", json={"pinned": True, "title": "첫째"}, headers=bearer(token)
        )
        assert change.status_code == 200
        page = service.get("/api/v1/chatbot/sessions/?limit=2", token)
        assert [row["id"] for row in page.json()["data"]] == [ids[0], ids[2]]
        following = service.get(page.links["next"]["url"], token)
        assert [row["id"] for row in following.json()["data"]] == [ids[1]]
        assert service.get("/api/v1/chatbot/sessions/?q=첫", token).json()["data"][0]["title"] == "첫째"


class TestAnotherPerson:
    """Another's things are not there, whatever is done to them."""

    def test_every_route_answers_404(self, service: PeopleService) -> None:
        owner, other = service.guest()[1], service.member("other")
        answer = ask(service, owner).json()
        session, message = answer["session_id"], answer["message_id"]
        bookmark = service.post("/api/v1/chatbot/bookmark", {"content": "a"}, owner).json()["data"]["id"]
        base = "/api/v1/chatbot"
        calls: list[tuple[str, str, object]] = [
            ("POST", f"{base}/chat", {"message": "a", "session_id": session}),
            ("GET", f"{base}/sessions/{session}", None),
            ("PATCH", f"{base}/sessions/{session}", {"title": "mine"}),
            ("DELETE", f"{base}/sessions/{session}/delete", None),
            ("GET", f"{base}/messages/{message}/events", None),
            ("POST", f"{base}/messages/{message}/stop", None),
            ("POST", f"{base}/messages/{message}/regenerate", None),
            ("POST", f"{base}/messages/{message}/feedback", {"feedback": "up"}),
            ("POST", f"{base}/bookmark", {"content": "a", "message_id": message}),
            ("DELETE", f"{base}/bookmark/{bookmark}", None),
        ]
        for method, path, body in calls:
            response = service.client.request(method, path, json=body, headers=bearer(other))
            assert response.status_code == 404, path
            assert "헬멧" not in response.text
            assert service.client.request(method, path, json=body).status_code == 401, path
        assert service.get(f"{base}/sessions", other).json()["data"] == []


class TestUnderWay:
    """Answers that are followed, left, stopped and taken up again."""

    def _events(self, response: httpx.Response) -> list[tuple[str, str]]:
        events = []
        for block in response.read().decode().strip().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            events.append((fields.get("event", ""), fields.get("id", "")))
        return events

    def test_a_stream_begins_with_the_ids_and_resumes_from_any_event(self, service: PeopleService) -> None:
        token = service.guest()[1]
        headers = bearer(token) | {"Accept": "text/event-stream"}
        with service.client.stream("POST", CHAT, json={"message": "하나 둘 셋"}, headers=headers) as response:
            events = self._events(response)
        assert [name for name, _ in events] == ["start", "token", "token", "token", "sources", "done"]
        [session] = service.get("/api/v1/chatbot/sessions", token).json()["data"]
        detail = service.get(f"/api/v1/chatbot/sessions/{session['id']}", token).json()["data"]
        path = f"/api/v1/chatbot/messages/{detail['messages'][1]['id']}/events"
        for at in range(5):
            resumed = service.client.get(path, headers=bearer(token) | {"Last-Event-ID": events[at][1]})
            assert self._events(resumed) == events[at + 1 :]

    def test_an_answer_is_kept_though_its_client_went(
        self, service: PeopleService, answering: ScriptedAnswering
    ) -> None:
        answering.pause = 0.2
        token = service.guest()[1]
        headers = bearer(token) | {"Accept": "text/event-stream"}
        with service.client.stream("POST", CHAT, json={"message": "하나 둘 셋"}, headers=headers) as response:
            next(response.iter_bytes())
        assert self._wait_for(service, token, "complete")["content"] == "답: 하나 둘 셋 [1]"

    def test_a_stopped_answer_is_partial_and_can_be_written_again(
        self, service: PeopleService, answering: ScriptedAnswering
    ) -> None:
        answering.pause = 0.3
        token = service.guest()[1]
        headers = bearer(token) | {"Accept": "text/event-stream"}
        message = {"message": " ".join(["word"] * 60)}
        with service.client.stream("POST", CHAT, json=message, headers=headers) as response:
            next(response.iter_bytes())
        pending = self._wait_for(service, token, "pending")
        again = ask(
            service, token, "또", session_id=service.get("/api/v1/chatbot/sessions", token).json()["data"][0]["id"]
        )
        assert again.json()["error"] == "answer_pending"
        assert service.post(f"/api/v1/chatbot/messages/{pending['id']}/stop", None, token).status_code == 200
        partial = self._wait_for(service, token, "partial")
        assert 0 < len(partial["content"]) < len(message["message"])
        answering.pause = 0.0
        whole = service.post(f"/api/v1/chatbot/messages/{pending['id']}/regenerate", None, token).json()
        assert (whole["message_id"], whole["data"]["response"][:2]) == (pending["id"], "답:")

    def test_a_failure_keeps_the_question_and_says_why(
        self, service: PeopleService, answering: ScriptedAnswering
    ) -> None:
        answering.fails = True
        token = service.guest()[1]
        response = ask(service, token)
        assert (response.status_code, response.json()["error"]) == (503, "provider_unavailable")
        assert response.json()["success"] is False
        partial = self._wait_for(service, token, "partial")
        assert partial["metadata"]["error"] == "provider_unavailable"

    def _wait_for(self, service: PeopleService, token: str, state: str) -> dict[str, object]:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            [session] = service.get("/api/v1/chatbot/sessions", token).json()["data"]
            detail = service.get(f"/api/v1/chatbot/sessions/{session['id']}", token).json()["data"]
            last: dict[str, object] = detail["messages"][-1]
            if last["metadata"]["state"] == state:  # type: ignore[index]
                return last
            time.sleep(0.05)
        raise AssertionError(f"never {state}")


@pytest.mark.parametrize("body", [{}, {"message": " "}, {"message": "x" * 2001}, {"message": "a", "session_id": 0}])
def test_a_wrong_body_is_422_in_the_one_shape(service: PeopleService, body: dict[str, object]) -> None:
    response = service.post(CHAT, body, service.guest()[1])
    assert (response.status_code, response.json()["error"]) == (422, "invalid_request")
