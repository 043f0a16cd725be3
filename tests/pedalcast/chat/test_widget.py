"""A bot on pages of other sites: who may read its answers, how often, and the script in a real browser."""

from __future__ import annotations

import shutil
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from playwright.sync_api import sync_playwright

from pedalcast.bots.answering_bot import GUIDE, AnsweringBot
from pedalcast.chat.schemas import ChatRequest, ChatResponse
from pedalcast.settings import Settings
from tests.missing import missing
from tests.pedalcast.chats.scripted_answering import ScriptedAnswering
from tests.pedalcast.people_service import PeopleService, Start, bearer, people_service

SITE, OTHER = "https://www.example.org", "https://evil.example"
WIDGET = "/api/v1/widget"
PATIENCE_MS = 60_000


class WholeAnswers(ScriptedAnswering):
    """Gives the answer of the script as the chat's service does, and remembers as whom."""

    def __init__(self) -> None:
        super().__init__()
        self.bots: list[str] = []

    def by_provider(self, _: str | None) -> WholeAnswers:
        return self

    def events(self, request: ChatRequest, session_id: str, bot: AnsweringBot = GUIDE) -> AsyncGenerator[Any, None]:
        self.bots.append(bot.id)
        return super().events(request, session_id)

    async def ask(
        self, request: ChatRequest, session_id: str, _: Any, bot: AnsweringBot, asker: str
    ) -> ChatResponse | None:
        assert asker.startswith("address:")
        async for event in self.events(request, session_id, bot):
            if isinstance(event, ChatResponse):
                return event
        return None


@pytest.fixture
def answering() -> WholeAnswers:
    return WholeAnswers()


@pytest.fixture
def service(settings: Settings, start_service: Start, answering: WholeAnswers) -> Iterator[PeopleService]:
    limits = {"rate_limit_widget": "5/minute", "rate_limit_login": "1000/minute"}
    with people_service(settings.model_copy(update=limits), start_service, answering) as running:
        yield running


def make_bot(service: PeopleService, *origins: str, visibility: str = "public") -> str:
    """The id of a bot that lists these origins."""
    token = service.member()
    body = {"name": "규정 도우미", "opening_questions": ["헬멧은요?"], "visibility": visibility}
    bot = str(service.post("/api/v1/bots", body, token).json()["id"])
    change = {"widget_origins": list(origins)}
    response = service.client.patch(f"/api/v1/bots/{bot}", json=change, headers=bearer(token))
    assert response.status_code == 200, response.text
    return bot


def ask(service: PeopleService, bot: str, origin: str | None = SITE) -> httpx.Response:
    headers = {"Origin": origin} if origin else {}
    return service.client.post(f"{WIDGET}/chat?bot={bot}", json={"question": "헬멧은요?"}, headers=headers)


def allowed(response: httpx.Response) -> str | None:
    return response.headers.get("access-control-allow-origin")


def test_only_listed_origins_are_answered(service: PeopleService, answering: WholeAnswers) -> None:
    bot = make_bot(service, SITE)
    response = ask(service, bot)
    assert (response.status_code, allowed(response), "Origin" in response.headers["vary"]) == (200, SITE, True)
    assert response.json()["answer"].startswith("답:")
    for origin in (OTHER, "null", None):
        refused = ask(service, bot, origin)
        assert (refused.status_code, refused.json()["error"], allowed(refused)) == (403, "origin_not_listed", None)
    about = service.client.get(f"{WIDGET}?bot={bot}", headers={"Origin": SITE})
    assert about.json() == {"name": "규정 도우미", "language": None, "opening_questions": ["헬멧은요?"]}
    assert answering.bots == [bot]


def test_an_origin_with_its_default_port_and_an_international_one(service: PeopleService) -> None:
    bot = make_bot(service, "https://한글.한국:443", f"{SITE}:443")
    for origin in ("https://xn--bj0bj06e.xn--3e0b707e", SITE):
        response = ask(service, bot, origin)
        assert (response.status_code, allowed(response)) == (200, origin)


def test_where_the_server_asks_for_its_key_an_origin_alone_opens_nothing(
    settings: Settings, start_service: Start, answering: WholeAnswers
) -> None:
    with people_service(settings, start_service, answering, server_key="s3cret") as service:
        bot = make_bot(service, SITE)
        refused = [ask(service, bot), service.client.get(f"{WIDGET}?bot={bot}", headers={"Origin": SITE})]
        assert [(r.status_code, r.json()["error"]) for r in refused] == [(401, "server_key_needed")] * 2
        assert answering.bots == []
        headers = {"Origin": SITE, "X-API-Key": "s3cret"}
        shown = service.client.post(f"{WIDGET}/chat?bot={bot}", json={"question": "헬멧은요?"}, headers=headers)
        assert (shown.status_code, answering.bots) == (200, [bot])


def test_preflights(service: PeopleService) -> None:
    bot = make_bot(service, SITE)
    for origin, status, named in ((SITE, 204, SITE), (OTHER, 403, None)):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        response = service.client.options(f"{WIDGET}/chat?bot={bot}", headers=headers)
        assert (response.status_code, allowed(response)) == (status, named)


def test_other_paths_stay_closed_to_these_origins(service: PeopleService) -> None:
    make_bot(service, SITE)
    for path in ("/api/v1/bots", "/api/v1/chatbot/sessions"):
        assert allowed(service.client.get(path, headers={"Origin": SITE})) is None


@pytest.mark.parametrize("visibility", ["private"])
def test_a_bot_that_is_not_public_is_not_there(service: PeopleService, visibility: str) -> None:
    response = ask(service, make_bot(service, SITE, visibility=visibility))
    assert (response.status_code, response.json()["error"], allowed(response)) == (404, "bot_not_found", None)
    assert ask(service, "0" * 32).status_code == 404
    assert ask(service, "a b").status_code == 422


def test_an_address_asks_so_often_and_its_page_may_read_that(service: PeopleService) -> None:
    bot = make_bot(service, SITE)
    answers = [ask(service, bot) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert allowed(answers[-1]) == SITE
    assert "Retry-After" in answers[-1].headers


@contextmanager
def site(script: str) -> Iterator[str]:
    """The origin of another site, whose only page has the tag."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f'<!doctype html><html lang="ko"><body><script src="{script}" async></script></body></html>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(60)


def test_one_tag_on_a_page_of_a_listed_origin_and_nothing_elsewhere(
    service: PeopleService, answering: WholeAnswers
) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing("chromium")
    token = service.member("owner")
    bot = service.post("/api/v1/bots", {"name": "규정 도우미", "visibility": "public"}, token).json()["id"]
    script = f"{service.client.base_url}/widget.js?bot={bot}"
    with site(script) as listed, site(script) as elsewhere, sync_playwright() as playwright:
        body = {"widget_origins": [listed]}
        assert service.client.patch(f"/api/v1/bots/{bot}", json=body, headers=bearer(token)).status_code == 200
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(listed)
        page.get_by_role("button", name="질문하기").click()
        page.get_by_role("textbox", name="질문을 입력하세요").fill("<b>헬멧</b>은요?")
        page.keyboard.press("Enter")
        page.get_by_text("답: <b>헬멧</b>은요? [1]").wait_for()
        page.get_by_role("listitem").get_by_text("도움말").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="질문하기").wait_for()
        with page.expect_console_message(lambda message: "not available" in message.text):
            page.goto(elsewhere)
        assert page.get_by_role("button").count() == 0
        browser.close()
    assert answering.bots == [bot]
