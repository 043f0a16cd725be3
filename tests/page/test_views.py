"""axe finds no serious fault on any view, in either theme, and nothing is cut off at 360 px.

It runs after the other modules: what they leave in the service (a trained model, posts, reports) is looked at too.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Page, expect

from pedalcast.page.built_page import BUILT_HERE
from tests.page.conftest import ADMIN_TOKEN, START_S, OpenPage, Service, serious_faults

pytestmark = pytest.mark.timeout(900)  # each looks at every view, the first one starts the service too
SOURCES = BUILT_HERE.parent / "src"
PASSWORD = "three wheels are one too many"
QUESTION = "Do I have to wear a helmet?"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NARROWEST = 360  # CSS pixels
# Each route of the page, with addresses below it (`{…}` is filled in by `rows`) and what shows that the view is drawn.
OPERATOR = {
    "/": {"/": ".station-row", "/?t=30&want=dock": ".station-row", "/?t=-120": ".station-row"},
    "/stations/:id": {"/stations/SIM-3": ".plot canvas"},
    "/going": {"/going?to=SIM-3": ".verdict"},
    "/ask/:session?": {"/ask": ".suggestions", "/ask/{session}": ".answer .chip"},
    "/board": {"/board": "li h2"},
    "/board/:id": {"/board/{post}": "article h1"},
    "/alerts": {"/alerts": "section.card"},
    "/operations/:part?": {
        "/operations": ".station-row",
        "/operations/now": ".station-row",
        "/operations/quality": ".plot canvas",
        "/operations/moves": ".column h2",
        "/operations/models": ".card",
        "/operations/jobs": "article",
        "/operations/reports": "article",
        "/operations/answers": ".segments",
        "/operations/users": ".card",
        "/operations/notices": ".card",
    },
    "/bots": {"/bots": "li.card"},
    "/bots/:id": {
        "/bots/{bot}": "li.card",
        "/bots/{bot}?part=settings": "form",
        "/bots/{bot}?part=workflow": "svg.workflow",
        "/bots/{bot}?part=json": "textarea",
        "/bots/{bot}?part=versions": "article",
        "/bots/{bot}?part=sharing": "form",
    },
    "/documents/:id": {"/documents/{document}": ".card.text"},
    "/account": {"/account": ".card"},
    "/account/:link": {"/account/reset?token=t": "form", "/account/confirm?token=t": "form"},
    "": {"/nothing/here": "h1"},
}
STRANGER = {
    "/": ".station-row",
    "/stations/SIM-5": ".chance",
    "/ask": ".suggestions",
    "/board": "h1",
    "/bots": "li.card",
    "/account": "form",
    "/alerts": "form",
    "/operations": ".notice",
}


def test_the_views_looked_at_are_those_of_the_page() -> None:
    routes = re.findall(r'<Route(?: path="([^"]+)")?>', (SOURCES / "App.tsx").read_text())
    assert sorted(routes) == sorted(OPERATOR)
    desk = re.search(r"const PARTS = \{(.+)\}", (SOURCES / "operations" / "OperationsView.tsx").read_text())
    assert desk is not None
    desks = {f"/operations/{name}" for name in re.findall(r"(\w+):", desk[1])}
    assert desks == OPERATOR["/operations/:part?"].keys() - {"/operations"}
    tabs = re.search(r"const PARTS = \[(.+)\]", (SOURCES / "bots" / "BotView.tsx").read_text())
    assert tabs is not None
    assert len(OPERATOR["/bots/:id"]) == len(tabs[1].split(",")), "a part of a bot's page is not looked at"


@dataclass(frozen=True)
class Rows:
    """Ids of what there is to look at, and the address of the admin who owns it."""

    email: str
    bot: str
    document: str
    post: int
    session: int


@pytest.fixture(scope="module")
def rows(service: Service) -> Rows:
    email = "looker@example.org"
    operator = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    with httpx.Client(base_url=f"{service.url}/api/v1", timeout=120) as client:
        _body(client.post("/auth/register", json={"email": email, "password": PASSWORD, "username": "looker"}))
        (user,) = _body(client.get("/admin/users?q=looker", headers=operator))["data"]
        _body(client.patch(f"/admin/users/{user['id']}", json={"role": "admin"}, headers=operator))
        signed_in = _body(client.post("/auth/login", json={"email": email, "password": PASSWORD}))
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {signed_in['access']}"
        bot = _body(client.post("/bots", json={"name": "Depot rules"}))["id"]
        file = {"file": ("bells.md", b"# Bells\n\nA bell is tuned to A flat.\n")}
        document = _body(client.post(f"/documents/upload?bot_id={bot}", files=file))["id"]
        _until(lambda: _body(client.get(f"/documents/{document}"))["state"] == "ready")
        post = _body(client.post("/board/posts", json={"title": "A kind word", "content": "**Thanks**"}))["data"]["id"]
        _body(client.post("/reports", json={"station_id": "SIM-5", "kind": "dock"}))
        rule = {"station_id": "SIM-3", "kind": "bikes", "threshold": 1, "minutes": 30}
        _body(client.post("/alerts", json=rule))
        job = _body(client.post(f"{service.url}/ai/retrain", json={"days": 1}, headers=operator))["id"]
        client.delete(f"{service.url}/ai/jobs/{job}", headers=operator)
        _until(lambda: client.post("/chat", json={"question": "Hello"}).status_code == 200)
        session = _body(client.post("/chatbot/chat", json={"message": QUESTION}))["session_id"]
    return Rows(email, bot, document, post, session)


def _body(response: httpx.Response) -> dict[str, Any]:
    assert response.is_success, response.text
    body: dict[str, Any] = response.json()
    return body


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + START_S
    while not is_so():
        assert time.monotonic() < until, "what is waited for did not come"
        time.sleep(0.5)


def _operator_page(open_page: OpenPage, rows: Rows, **options: Any) -> Page:
    page = open_page("/account", **options)
    page.get_by_label("E-mail address or name").fill(rows.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def _views_of(operator_of: Rows) -> dict[str, str]:
    views = {path: landmark for route in OPERATOR.values() for path, landmark in route.items()}
    return {path.format(**asdict(operator_of)): landmark for path, landmark in views.items()}


def _show(page: Page, path: str, landmark: str) -> None:
    """Go to a view within the page: each loading of the page would renew the sign-in, which is limited."""
    page.evaluate("path => history.pushState(null, '', path)", path)
    expect(page).to_have_url(re.compile(re.escape(path)))
    expect(page.locator(landmark).first).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)


def _faults(page: Page, views: dict[str, str]) -> dict[str, list[str]]:
    faults = {}
    for path, landmark in views.items():
        _show(page, path, landmark)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            if view_faults := serious_faults(page):
                faults[f"{path} ({theme})"] = view_faults
    return faults


def _cut_off(page: Page, views: dict[str, str]) -> list[str]:
    cut_off = []
    for path, landmark in views.items():
        _show(page, path, landmark)
        if page.evaluate("document.documentElement.scrollWidth") > NARROWEST:
            cut_off.append(path)
    return cut_off


class TestSeriousFaults:
    def test_are_on_no_view_of_the_operator(self, open_page: OpenPage, rows: Rows) -> None:
        assert _faults(_operator_page(open_page, rows), _views_of(rows)) == {}

    def test_are_on_no_view_of_a_stranger(self, open_page: OpenPage) -> None:
        assert _faults(open_page("/"), STRANGER) == {}

    def test_are_not_where_a_source_or_a_report_is_opened(
        self, open_page: OpenPage, service: Service, rows: Rows
    ) -> None:
        page = _operator_page(open_page, rows)
        _show(page, f"/ask/{rows.session}", ".answer .chip")
        page.locator(".chip").first.click()
        expect(page.locator(".source mark").first).to_be_visible()
        assert serious_faults(page) == []
        _show(page, "/stations/SIM-3", ".chance")
        page.get_by_role("button", name="Report a problem").click()
        assert serious_faults(page) == []


class TestTheNarrowestPhone:
    def test_scrolls_no_view_of_the_operator_sideways(self, open_page: OpenPage, rows: Rows) -> None:
        page = _operator_page(open_page, rows, width=NARROWEST)
        assert _cut_off(page, _views_of(rows)) == []

    def test_scrolls_no_view_of_a_stranger_sideways(self, open_page: OpenPage) -> None:
        assert _cut_off(open_page("/", width=NARROWEST), STRANGER) == []
