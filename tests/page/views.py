"""Every view of the page: where it is, what shows that it is drawn, and what has to be there to look at."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.page.conftest import ADMIN_TOKEN, START_S, OpenPage, Service

PASSWORD = "three wheels are one too many"
QUESTIONS = {"en": "Do I have to wear a helmet?", "ko": "헬멧을 꼭 써야 하나요?"}


@dataclass(frozen=True)
class View:
    """A view by its picture's name; `path` holds `{…}` that `Rows` fills in, `landmark` is a CSS selector."""

    name: str
    path: str
    landmark: str

    def of(self, rows: Rows) -> View:
        """The same view with its path filled in."""
        return View(self.name, self.path.format(**asdict(rows)), self.landmark)


# By the routes of the page.
OPERATOR: dict[str, tuple[View, ...]] = {
    "/": (
        View("map", "/", ".station-row"),
        View("ahead", "/?t=30&want=dock", ".station-row"),
        View("past", "/?t=-120", ".station-row"),
    ),
    "/stations/:id": (View("station", "/stations/SIM-3", ".plot canvas"),),
    "/going": (View("going", "/going?to=SIM-3", ".verdict"),),
    "/ask/:session?": (View("ask", "/ask", ".suggestions"), View("chat", "/ask/{session}", ".answer .chip")),
    "/board": (View("board", "/board", "li h2"),),
    "/board/:id": (View("post", "/board/{post}", "article h1"),),
    "/alerts": (View("alerts", "/alerts", "section.card"),),
    "/operations/:part?": (
        View("operations", "/operations", ".station-row"),
        View("now", "/operations/now", ".station-row"),
        View("quality", "/operations/quality", ".plot canvas"),
        View("moves", "/operations/moves", ".column h2"),
        View("models", "/operations/models", ".card"),
        View("jobs", "/operations/jobs", "article"),
        View("reports", "/operations/reports", "article"),
        View("answers", "/operations/answers", ".segments"),
        View("users", "/operations/users", ".card"),
        View("notices", "/operations/notices", ".card"),
    ),
    "/bots": (View("bots", "/bots", "li.card"),),
    "/bots/:id": (
        View("bot", "/bots/{bot}", "li.card"),
        View("bot-settings", "/bots/{bot}?part=settings", "form"),
        View("bot-workflow", "/bots/{bot}?part=workflow", "svg.workflow"),
        View("bot-json", "/bots/{bot}?part=json", "textarea"),
        View("bot-versions", "/bots/{bot}?part=versions", "article"),
        View("bot-sharing", "/bots/{bot}?part=sharing", "form"),
    ),
    "/documents/:id": (View("document", "/documents/{document}", ".card.text"),),
    "/account": (View("account", "/account", ".card"),),
    "/account/:link": (
        View("reset", "/account/reset?token=t", "form"),
        View("confirm", "/account/confirm?token=t", "form"),
    ),
    "": (View("missing", "/nothing/here", "h1"),),
}
STRANGER = (
    View("guest-map", "/", ".station-row"),
    View("guest-station", "/stations/SIM-5", ".chance"),
    View("guest-ask", "/ask", ".suggestions"),
    View("guest-board", "/board", "h1"),
    View("guest-bots", "/bots", "li.card"),
    View("sign-in", "/account", "form"),
    View("guest-alerts", "/alerts", "form"),
    View("guest-operations", "/operations", ".notice"),
)


@dataclass(frozen=True)
class Rows:
    """Ids of what there is to look at, and the address of the admin who owns it."""

    email: str
    bot: str
    document: str
    post: int
    session: int


def operator_views(rows: Rows) -> tuple[View, ...]:
    """Every view, as the admin of `rows` sees it."""
    return tuple(view.of(rows) for views in OPERATOR.values() for view in views)


def write_rows(service: Service) -> Rows:
    """An admin with a bot and its document, a post, a report, an alert, a stopped training and an answered question."""
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
        session = _body(client.post("/chatbot/chat", json={"message": QUESTIONS["en"]}))["session_id"]
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


def open_as_operator(open_page: OpenPage, rows: Rows, **options: Any) -> Page:
    """The page, with the admin of `rows` signed in; `options` are those of `open_page`."""
    page = open_page("/account?lang=en", **options)
    page.get_by_label("E-mail address or name").fill(rows.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def show(page: Page, view: View) -> None:
    """Go to a view within the page: each loading of the page would renew the sign-in, which is limited."""
    page.evaluate("path => history.pushState(null, '', path)", view.path)
    expect(page).to_have_url(re.compile(re.escape(view.path)))
    expect(page.locator(view.landmark).first).to_be_visible()
    expect(page.get_by_text(re.compile("^(Loading…|불러오는 중…)$"))).to_have_count(0)
