"""Every route is asked for somebody's things by another member and by a guest at the same moment: nothing leaks."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pedalcast.contract.body_examples import example_of
from pedalcast.settings import Settings
from tests.pedalcast.chats.scripted_answering import ScriptedAnswering
from tests.pedalcast.people_service import PeopleService, Start, bearer, people_service

SECRET = "canary-3c9e-of-the-owner"
LISTS = (
    "/api/v1/chatbot/sessions", "/api/v1/chatbot/bookmarks", "/api/v1/favourites", "/api/v1/alerts", "/api/v1/teams",
    "/api/v1/auth/tokens", "/api/v1/reports", "/api/v1/bots",
)  # fmt: skip
PRIVATE = {"session_id", "message_id", "bookmark_id", "rule_id", "token_id", "team_id", "report_id", "bot_id"}


class Owner:
    """Somebody who has one of everything; `ids` by the names of path parameters."""

    def __init__(self, service: PeopleService) -> None:
        self.service = service
        self.token = service.member("owner")
        chat = self._post("/api/v1/chatbot/chat", {"message": SECRET})
        bookmark = self._post("/api/v1/chatbot/bookmark", {"content": SECRET, "message_id": chat["message_id"]})
        service.client.put("/api/v1/favourites", json={"station_id": "ST-1", "label": SECRET}, headers=self.headers)
        rule = self._post("/api/v1/alerts", {"station_id": "ST-1", "kind": "bikes", "threshold": 1, "minutes": 30})
        team = self._post("/api/v1/teams", {"name": SECRET})
        token = self._post("/api/v1/auth/tokens", {"name": SECRET, "scopes": ["chat"]})
        report = self._post("/api/v1/reports", {"station_id": "ST-1", "kind": "bike", "text": SECRET})
        post = self._post("/api/v1/board/posts", {"title": "public", "content": "public"})
        comment = self._post(f"/api/v1/board/posts/{_id(post)}/comments", {"content": "public"})
        bot = self._post("/api/v1/bots", {"name": SECRET})
        self.ids = {
            "session_id": chat["session_id"], "message_id": chat["message_id"], "bookmark_id": _id(bookmark),
            "rule_id": _id(rule), "team_id": _id(team), "token_id": _id(token), "report_id": _id(report),
            "post_id": _id(post), "comment_id": _id(comment), "station_id": "ST-1", "user_id": self.user_id,
            "bot_id": bot["id"],
        }  # fmt: skip

    @property
    def headers(self) -> dict[str, str]:
        return bearer(self.token)

    @property
    def user_id(self) -> str:
        return str(self.service.get("/api/v1/auth/me", self.token).json()["user"]["id"])

    def things(self) -> dict[str, str]:
        """Everything of theirs, as they see it."""
        paths = (
            *LISTS,
            f"/api/v1/chatbot/sessions/{self.ids['session_id']}",
            f"/api/v1/reports/{self.ids['report_id']}",
        )
        return {path: self.service.get(path, self.token).text for path in paths}

    def _post(self, path: str, body: object) -> dict[str, Any]:
        response = self.service.post(path, body, self.token)
        assert response.status_code in (200, 201), (path, response.text)
        content: dict[str, Any] = response.json()
        return content


def _id(body: dict[str, Any]) -> Any:
    """The id of what was made, wherever the answer has it."""
    if "id" in body:
        return body["id"]
    return next(_id(inner) for inner in body.values() if isinstance(inner, dict) and "id" in str(inner))


@pytest.fixture
def service(settings: Settings, start_service: Start) -> Iterator[PeopleService]:
    chosen = settings.model_copy(update={"rate_limits": False})
    with people_service(chosen, start_service, ScriptedAnswering()) as running:
        yield running


def routes(service: PeopleService) -> Iterator[tuple[str, str, Any]]:
    """Method, path template and an example body of every operation."""
    document = service.client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            yield method, path, None if content is None else example_of(content["schema"], document)


def test_nothing_of_the_owner_s_is_there_for_others(service: PeopleService, capsys: pytest.CaptureFixture[str]) -> None:
    owner = Owner(service)
    before = owner.things()
    assert all(SECRET in before[path] for path in before if path != "/api/v1/alerts")
    other, guest = service.member("other"), service.guest()[1]
    texts: list[str] = []
    walked = 0
    with ThreadPoolExecutor(3) as people:
        for method, template, body in routes(service):
            path, names = _filled(template, owner.ids)
            if template in ("/api/v1/auth/logout", "/api/v1/auth/delete") or template.endswith("notifications/events"):
                continue
            asked = [
                people.submit(service.client.request, method, path, json=body, headers=bearer(token), timeout=60)
                for token in (other, guest, None)
            ]
            for answer in (future.result() for future in asked):
                texts.append(answer.text)
                assert SECRET not in answer.text, (method, path)
                assert answer.status_code < 500 or answer.json()["error"] == "chat_unavailable", (
                    method,
                    path,
                    answer.text,
                )
                if names & PRIVATE:
                    assert answer.status_code in (401, 403, 404, 422), (method, path, answer.status_code)
                    walked += 1
            if names & PRIVATE and not template.startswith("/api/v1/admin/"):
                signed_in = [future.result().status_code for future in asked[:2]]
                assert signed_in[0] in (404, 422), (method, path, signed_in)
                assert signed_in[1] in (403, 404, 422), (method, path, signed_in)  # 403: a guest has no account
    assert walked >= 45
    assert owner.things() == before
    captured = capsys.readouterr()
    assert SECRET not in captured.out + captured.err  # no log names it either


def test_the_events_of_an_answer_are_its_owner_s(service: PeopleService) -> None:
    owner = Owner(service)
    path = f"/api/v1/chatbot/messages/{owner.ids['message_id']}/events"
    assert SECRET in service.get(path, owner.token).text
    for token in (service.member("other"), service.guest()[1]):
        assert service.get(path, token).status_code == 404
    assert service.get(path).status_code == 401


def _filled(template: str, ids: dict[str, Any]) -> tuple[str, set[str]]:
    path, names = template, set()
    for part in template.split("/"):
        if part.startswith("{"):
            names.add(part.strip("{}"))
            path = path.replace(part, str(ids.get(part.strip("{}"), 1)))
    return path, names
