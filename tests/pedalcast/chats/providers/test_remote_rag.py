"""Another RAG server answers kept chats, by the stateless contract; its faults are ours to tell."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from pedalcast.settings import Settings
from tests.loopback import serving
from tests.pedalcast.chats.scripted_answering import ScriptedAnswering
from tests.pedalcast.people_service import PeopleService, Start, bearer, people_service

ANSWER: dict[str, Any] = {
    "success": True,
    "answer": "환불은 사흘 안에 됩니다.",
    "sources": [{"content": "환불은 사흘 안에 된다.", "url": "https://example.org/refunds", "score": 0.81}],
    "metadata": {"rag_type": "vector", "workflow": ["retrieve", "generate"], "response_time": 0.4},
    "error": None,
}


class RagServer(ThreadingHTTPServer):
    """Answers with `status` and `body` after `pause_s`; remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _RagHandler)
        self.status, self.body, self.pause_s = 200, json.dumps(ANSWER).encode(), 0.0
        self.requests: list[tuple[str, str | None, dict[str, Any]]] = []


class _RagHandler(BaseHTTPRequestHandler):
    server: RagServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers["Authorization"], body))
        time.sleep(self.server.pause_s)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def rag_server() -> Iterator[RagServer]:
    server = RagServer()
    with serving(server) as url:
        server.url = url  # type: ignore[attr-defined]
        yield server


@contextmanager
def service_of(settings: Settings, start: Start, url: str, **more: Any) -> Iterator[PeopleService]:
    chosen = {"runpod_rag_url": SecretStr(url), "runpod_api_key": SecretStr("key of the server")} | more
    with people_service(settings.model_copy(update=chosen), start, ScriptedAnswering()) as service:
        yield service


def ask(service: PeopleService, token: str, question: str = "환불은요?", **more: Any) -> Any:
    return service.post("/api/v1/chatbot/chat/", {"message": question, **more}, token)


class TestAnswers:
    def test_they_are_kept_like_any_other(
        self, settings: Settings, start_service: Start, rag_server: RagServer
    ) -> None:
        with service_of(settings, start_service, rag_server.url) as service:  # type: ignore[attr-defined]
            token = service.guest()[1]
            first = ask(service, token).json()
            assert first["data"]["response"] == ANSWER["answer"]
            assert first["data"]["sources"][0]["url"] == "https://example.org/refunds"
            ask(service, token, "왜요?", session_id=first["session_id"])
            detail = service.get(f"/api/v1/chatbot/sessions/{first['session_id']}/", token).json()["data"]
            assert detail["messages"][1]["metadata"]["workflow"] == ["retrieve", "generate"]
        path, key, body = rag_server.requests[1]
        assert (path, key) == ("/api/v1/chat", "Bearer key of the server")
        assert set(body) == {"question", "user_id", "chat_history", "session_id"}
        assert body["chat_history"] == [
            {"role": "user", "content": "환불은요?"},
            {"role": "assistant", "content": ANSWER["answer"]},
        ]

    def test_somebody_may_choose_who_answers(
        self, settings: Settings, start_service: Start, rag_server: RagServer
    ) -> None:
        with service_of(settings, start_service, rag_server.url) as service:  # type: ignore[attr-defined]
            path, token = "/api/v1/triple/providers/", service.guest()[1]
            listed = service.get(path).json()
            assert [provider["name"] for provider in listed["providers"]] == ["extractive", "rag_server"]
            assert listed["current"] == "rag_server"
            chosen = service.client.put(path, json={"provider": "extractive"}, headers=bearer(token))
            assert chosen.json()["current"] == service.get(path, token).json()["current"] == "extractive"
            assert ask(service, token).json()["data"]["response"].startswith("답:")
            assert rag_server.requests == []
            unknown = service.client.put(path, json={"provider": "nobody"}, headers=bearer(token))
            assert (unknown.status_code, unknown.json()["error"]) == (404, "provider_not_found")
            assert service.client.put(path, json={"provider": "extractive"}).status_code == 401


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (302, b""),
        (200, b"no JSON"),
        (200, b"[]"),
        (200, b'{"success": false, "error": "boom"}'),
        (200, b'"' + b"x" * 2_100_000 + b'"'),
    ],
)
def test_its_faults_are_a_503(
    settings: Settings, start_service: Start, rag_server: RagServer, status: int, body: bytes
) -> None:
    rag_server.status, rag_server.body = status, body
    with service_of(settings, start_service, rag_server.url) as service:  # type: ignore[attr-defined]
        response = ask(service, service.guest()[1])
    assert (response.status_code, response.json()["error"]) == (503, "rag_server_unavailable")
    assert "boom" not in response.text


def test_a_slow_one_is_given_up(settings: Settings, start_service: Start, rag_server: RagServer) -> None:
    rag_server.pause_s = 3.0
    patience = timedelta(seconds=1)
    with service_of(settings, start_service, rag_server.url, runpod_timeout=patience) as service:  # type: ignore[attr-defined]
        response = ask(service, service.guest()[1])
    assert (response.status_code, response.json()["error"]) == (503, "rag_server_timeout")


def test_one_that_is_away_is_a_503(settings: Settings, start_service: Start) -> None:
    with service_of(settings, start_service, "http://127.0.0.1:9") as service:
        assert ask(service, service.guest()[1]).json()["error"] == "rag_server_unavailable"


class TestAddress:
    @pytest.mark.parametrize(
        ("text", "url"),
        [
            ("rag.example.org/", "https://rag.example.org"),
            ("https://rag.example.org/base", "https://rag.example.org/base"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ],
    )
    def test_https_is_added(self, text: str, url: str) -> None:
        value = Settings(_env_file=None, runpod_rag_url=SecretStr(text)).runpod_rag_url
        assert value is not None
        assert value.get_secret_value() == url

    @pytest.mark.parametrize("text", ["http://rag.example.org", "ftp://rag.example.org", "https://"])
    def test_others_are_refused(self, text: str) -> None:
        with pytest.raises(ValidationError, match="https://"):
            Settings(_env_file=None, runpod_rag_url=SecretStr(text))

    def test_the_older_name_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RUNPOD_CHATBOT_URL", "rag.example.org")
        assert Settings(_env_file=None).runpod_rag_url is not None

    @pytest.mark.parametrize("seconds", [4, 121])
    def test_the_time_limit_has_bounds(self, seconds: int) -> None:
        with pytest.raises(ValidationError):
            Settings(_env_file=None, runpod_timeout=timedelta(seconds=seconds))
