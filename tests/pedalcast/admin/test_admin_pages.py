"""The admin view in a browser's place: cookies, forms, tokens; what it shows and changes, and who is kept out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from pedalcast.settings import Settings
from tests.pedalcast.people_service import PASSWORD, PeopleService, bearer

ADMIN = "a-token-of-the-tests"
PAGES = (
    "user", "fault-report", "notice", "board-post", "bad-answer", "unanswered", "chat-session", "chat-message",
    "chat-bookmark", "board-comment", "board-complaint", "audit-entry", "bot", "bot-version", "uploaded-document",
)  # fmt: skip


class Browser:
    """Keeps cookies by itself: they are marked Secure, which an HTTP client does not send without TLS."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, data: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self._client.request(method, path, data=data, headers={"Cookie": cookie} | headers)
        for line in response.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            assert "secure" in line.lower()
            assert "samesite=strict" in line.lower()
            self.cookies[name] = value
        return response

    def token(self, path: str) -> str:
        """The CSRF token of a page."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.send("GET", path).text)
        assert found is not None
        return found[1]

    def submit(self, path: str, **fields: str) -> httpx.Response:
        """Open a form, and send it with its token."""
        return self.send("POST", path, {"csrf_token": self.token(path)} | fields)

    def log_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        return self.submit("/admin/login", username=name, password=password)


@pytest.fixture
def browser(service: PeopleService) -> Iterator[Browser]:
    with httpx.Client(base_url=service.client.base_url, timeout=30) as client:
        yield Browser(client)


@pytest.fixture
def chief(service: PeopleService, browser: Browser) -> Browser:
    """A browser in which an admin has signed in."""
    service.member("chief")
    make_admin(service, "chief")
    assert browser.log_in("chief").status_code == 303
    return browser


def make_admin(service: PeopleService, name: str) -> str:
    user_id = service.get("/api/v1/auth/me", service.log_in(name)["access"]).json()["user"]["id"]
    path = f"/api/v1/admin/users/{user_id}"
    assert service.client.patch(path, json={"role": "admin"}, headers=bearer(ADMIN)).status_code == 200
    return str(user_id)


class TestSignIn:
    def test_nobody_gets_in_without(self, browser: Browser) -> None:
        for page in PAGES:
            for path in (f"/admin/{page}/list", f"/admin/{page}/details/1", f"/admin/{page}/export/csv"):
                response = browser.send("GET", path)
                assert response.status_code == 302, path
                assert response.headers["location"].endswith("/admin/login")
        assert browser.send("GET", "/admin/jobs").status_code == 302

    def test_members_and_wrong_passwords_are_refused(self, service: PeopleService, browser: Browser) -> None:
        service.member("rider")
        assert browser.log_in("rider").status_code == 400
        assert browser.log_in("nobody").status_code == 400
        assert browser.send("GET", "/admin/user/list").status_code == 302

    def test_every_page_opens_for_an_admin(self, chief: Browser) -> None:
        for page in PAGES:
            response = chief.send("GET", f"/admin/{page}/list")
            assert response.status_code == 200, page

    def test_ends_with_the_role_and_with_signing_out(self, service: PeopleService, chief: Browser) -> None:
        user_id = service.get("/api/v1/auth/me", service.log_in("chief")["access"]).json()["user"]["id"]
        held = dict(chief.cookies)
        path = f"/api/v1/admin/users/{user_id}"
        assert service.client.patch(path, json={"role": "member"}, headers=bearer(ADMIN)).status_code == 200
        assert chief.send("GET", "/admin/user/list").status_code == 302
        make_admin(service, "chief")
        assert chief.send("GET", "/admin/user/list").status_code == 302
        assert chief.log_in("chief").status_code == 303
        held = dict(chief.cookies)
        assert chief.send("GET", "/admin/logout").status_code == 303
        chief.cookies = held
        assert chief.send("GET", "/admin/user/list").status_code == 302

    def test_other_tokens_are_no_cookie(self, service: PeopleService, chief: Browser) -> None:
        for value in (service.log_in("chief")["access"], ADMIN, "nonsense", ""):
            chief.cookies["pedalcast_admin"] = value
            assert chief.send("GET", "/admin/user/list").status_code == 302
        signed_in = service.post("/api/v1/auth/login", {"username": "chief", "password": PASSWORD}, Origin="http://x")
        cookie = next(line for line in signed_in.headers.get_list("set-cookie") if line.startswith("pedalcast_admin="))
        sealed = cookie.partition(";")[0].partition("=")[2]
        assert "HttpOnly" in cookie
        assert "Path=/admin" in cookie
        assert service.get("/api/v1/auth/me", sealed).status_code == 401
        chief.cookies["pedalcast_admin"] = sealed
        assert chief.send("GET", "/admin/user/list").status_code == 200


class TestShield:
    def test_no_change_without_the_token(self, chief: Browser) -> None:
        form = {"text_ko": "가", "text_en": "a", "severity": "info"}
        path = "/admin/notice/create"
        assert chief.send("POST", path, form).status_code == 403
        assert chief.send("POST", path, form | {"csrf_token": "wrong"}).status_code == 403
        token = chief.token(path)
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert chief.send("POST", path, form | {"csrf_token": token}, **elsewhere).status_code == 403
        assert chief.send("DELETE", "/admin/notice/delete?pks=1").status_code == 403
        assert chief.send("POST", "/admin/login", {"username": "chief", "password": PASSWORD}).status_code == 403
        assert chief.send("POST", path, form | {"csrf_token": token}).status_code == 302

    def test_pages_load_from_here_alone_and_have_nothing_inline(self, chief: Browser) -> None:
        for path in (
            "/admin/login",
            "/admin/",
            "/admin/user/list",
            "/admin/notice/create",
            "/admin/user/list?search=x",
        ):
            response = chief.send("GET", path)
            policy = response.headers["content-security-policy"]
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert response.headers["cache-control"] == "no-store"
            assert not re.search(r"<script(?![^>]*\bsrc=)", response.text), path
            assert not re.search(r"\son[a-z]+\s*=", response.text), path
            for address in re.findall(r'(?:src|href)="(https?://[^"]+)"', response.text):
                assert address.startswith(str(chief._client.base_url)), address
        assets = re.findall(r'(?:src|href)="(http[^"]+\.(?:js|css))"', chief.send("GET", "/admin/").text)
        assert len(assets) > 5
        for address in assets:
            assert chief.send("GET", address).status_code == 200


class TestChanges:
    def test_a_notice_is_published_changed_and_removed(self, service: PeopleService, chief: Browser) -> None:
        fields = {"text_ko": "점검", "text_en": "Maintenance", "severity": "info", "station_id": "ST-4"}
        assert chief.submit("/admin/notice/create", **fields).status_code == 302
        notice = service.get("/api/v1/notices").json()["data"][0]
        assert (notice["text"]["en"], notice["station_id"], notice["ends_at"]) == ("Maintenance", "ST-4", None)
        changed = fields | {"severity": "warning", "ends_at": "2100-01-01 00:00:00"}
        assert chief.submit(f"/admin/notice/edit/{notice['id']}", **changed).status_code == 302
        notice = service.get("/api/v1/notices").json()["data"][0]
        assert (notice["severity"], notice["ends_at"]) == ("warning", "2100-01-01T00:00:00Z")
        wrong = chief.submit(f"/admin/notice/edit/{notice['id']}", **changed | {"ends_at": "2000-01-01 00:00:00"})
        assert wrong.status_code == 400
        assert "A notice ends after it starts." in wrong.text
        token = chief.token("/admin/notice/list")
        path = f"/admin/notice/delete?pks={notice['id']}"
        assert chief.send("DELETE", path, **{"X-CSRF-Token": token}).status_code == 200
        assert service.get("/api/v1/notices").json()["data"] == []

    def test_a_ban_ends_sign_ins_and_is_noted(self, service: PeopleService, chief: Browser) -> None:
        token = service.member("rider")
        user_id = service.get("/api/v1/auth/me", token).json()["user"]["id"]
        assert chief.submit(f"/admin/user/edit/{user_id}", role="member", banned="y").status_code == 302
        assert service.get("/api/v1/auth/me", token).status_code == 401
        entry = service.get("/api/v1/admin/audit", ADMIN).json()["data"][0]
        assert (entry["action"], entry["target"]) == ("account.ban", user_id)
        assert entry["actor_id"] not in (None, "operator")
        page = chief.send("GET", f"/admin/user/details/{user_id}").text
        assert "argon2" not in page

    def test_a_report_is_closed_and_its_author_told(self, service: PeopleService, chief: Browser) -> None:
        _, guest = service.guest()
        body = {"station_id": "ST-4", "kind": "dock"}
        report_id = service.post("/api/v1/reports", body, guest).json()["data"]["id"]
        path = f"/admin/fault-report/edit/{report_id}"
        assert chief.submit(path, state="closed", answer="Repaired.").status_code == 302
        assert service.get("/api/v1/notifications", guest).json()["unread"] == 1

    def test_a_post_is_taken_off_the_board(self, service: PeopleService, chief: Browser) -> None:
        post = {"title": "<script>alert(1)</script>", "content": "<b>x</b>"}
        post_id = service.post("/api/v1/board/posts", post, service.member("rider")).json()["data"]["id"]
        page = chief.send("GET", "/admin/board-post/list").text
        assert "<script>alert" not in page
        token = chief.token("/admin/board-post/list")
        path = f"/admin/board-post/delete?pks={post_id}"
        assert chief.send("DELETE", path, **{"X-CSRF-Token": token}).status_code == 200
        assert service.get(f"/api/v1/board/posts/{post_id}").status_code == 404

    def test_the_rest_is_only_shown(self, chief: Browser) -> None:
        token = chief.token("/admin/user/list")
        for page in ("chat-message", "audit-entry", "chat-session", "board-complaint"):
            for method, path in (("POST", "create"), ("POST", "edit/1"), ("DELETE", "delete?pks=1")):
                refused = chief.send(method, f"/admin/{page}/{path}", **{"X-CSRF-Token": token})
                assert refused.status_code in (403, 404), (page, path)


def test_pages_work_on_each_database(people_settings: Settings, service_on_each: PeopleService) -> None:
    service = service_on_each
    service.member("chief")
    make_admin(service, "chief")
    with httpx.Client(base_url=service.client.base_url, timeout=30) as client:
        browser = Browser(client)
        assert browser.log_in("chief").status_code == 303
        for page in PAGES:
            response = browser.send("GET", f"/admin/{page}/list?search=x")
            assert response.status_code == 200, page
        assert "chief" in browser.send("GET", "/admin/user/list").text
