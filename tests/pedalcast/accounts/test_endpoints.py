"""The contract of accounts, and what it must not tell."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.pedalcast.people_service import PASSWORD, PeopleService, bearer

REGISTER = {"email": "Rider@Example.org", "password": PASSWORD, "username": "rider"}


class TestContract:
    """Field for field, on each kind of database."""

    def test_a_whole_life(self, service_on_each: PeopleService) -> None:
        service = service_on_each
        assert service.post("/api/v1/auth/register/", REGISTER).status_code == 201
        tokens = service.post("/api/v1/auth/login/", {"email": "rider@example.org", "password": PASSWORD}).json()
        assert tokens["access"] == tokens["access_token"]
        assert tokens["refresh"] == tokens["refresh_token"]
        assert tokens["user"]["email"] == "rider@example.org"
        me = service.get("/api/v1/auth/me", tokens["access"]).json()
        assert me["user"]["username"] == "rider"
        new = service.post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]}).json()
        changed = service.post(
            "/api/v1/auth/change-password",
            {"old_password": PASSWORD, "new_password": "two wheels are just right"},
            new["access"],
        )
        assert changed.status_code == 200, changed.text
        service.log_in("rider", "two wheels are just right")
        assert service.post("/api/v1/auth/logout", {}, new["access"]).status_code == 200
        assert service.get("/api/v1/auth/me", new["access"]).json()["error"] == "session_expired"

    def test_deleting_removes_everything(self, service_on_each: PeopleService) -> None:
        service = service_on_each
        token = service.member()
        service.client.put("/api/v1/favourites", json={"station_id": "ST-1"}, headers=bearer(token))
        assert service.post("/api/v1/auth/delete", {"password": "wrong password"}, token).status_code == 401
        assert service.post("/api/v1/auth/delete", {"password": PASSWORD}, token).status_code == 202
        assert service.get("/api/v1/auth/me", token).status_code == 401
        login = service.post("/api/v1/auth/login", {"username": "rider", "password": PASSWORD})
        assert login.json()["error"] == "invalid_credentials"
        assert service.post("/api/v1/auth/register", REGISTER).status_code == 201  # the name is free again

    def test_the_export_holds_what_is_theirs_and_no_secret(self, service_on_each: PeopleService) -> None:
        service = service_on_each
        body = REGISTER | {"consent": {"version": "2026-11", "text": "동의합니다"}}
        service.post("/api/v1/auth/register", body)
        token = service.log_in()["access"]
        service.client.put("/api/v1/favourites", json={"station_id": "ST-1", "label": "집"}, headers=bearer(token))
        archive = zipfile.ZipFile(io.BytesIO(service.get("/api/v1/auth/export", token).content))
        assert "동의합니다" in archive.read("consents.json").decode()
        assert "집" in archive.read("favourites.json").decode()
        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert b"argon2" not in everything

    @pytest.mark.parametrize("path", ["/api/v1/auth/me", "/api/v1/auth/me/"])
    def test_a_closing_slash_changes_nothing(self, service: PeopleService, path: str) -> None:
        response = service.get(path, service.member())
        assert (response.status_code, response.history) == (200, [])


class TestWhatIsNotTold:
    """Whether an address has an account."""

    def test_registering_answers_the_same(self, service: PeopleService) -> None:
        first = service.post("/api/v1/auth/register", REGISTER)
        second = service.post("/api/v1/auth/register", REGISTER | {"username": "another"})
        assert (first.status_code, first.json()) == (second.status_code, second.json())

    def test_a_forgotten_password_answers_the_same(self, service: PeopleService) -> None:
        service.member()
        known, unknown = (
            service.post("/api/v1/auth/forgot", {"email": f"{name}@example.org"}) for name in ("rider", "nobody")
        )
        assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())

    def test_a_wrong_password_answers_like_an_unknown_name(self, service: PeopleService) -> None:
        service.member()
        wrong, unknown = (
            service.post("/api/v1/auth/login", {"username": name, "password": "not the password"}).json()
            for name in ("rider", "nobody")
        )
        assert wrong == unknown


class TestRefresh:
    """Rotation, and a family that is revoked."""

    def test_a_token_used_twice_revokes_its_sign_in(self, service_on_each: PeopleService) -> None:
        service = service_on_each
        service.member()
        old = service.log_in()
        new = service.post("/api/v1/auth/refresh", {"refresh": old["refresh"]}).json()
        assert service.post("/api/v1/auth/refresh", {"refresh": old["refresh"]}).json()["error"] == "refresh_invalid"
        assert service.post("/api/v1/auth/refresh", {"refresh": new["refresh"]}).status_code == 401
        assert service.get("/api/v1/auth/me", new["access"]).status_code == 401

    def test_another_sign_in_goes_on(self, service: PeopleService) -> None:
        elsewhere = service.member()
        old = service.log_in()
        for _ in range(2):
            service.post("/api/v1/auth/refresh", {"refresh": old["refresh"]})
        assert service.get("/api/v1/auth/me", elsewhere).status_code == 200


class TestBrowser:
    """The refresh token is a cookie that no script reads, and other sites cannot use."""

    def _signed_in(self, service: PeopleService) -> tuple[dict[str, str], str]:
        service.member()
        response = service.post(
            "/api/v1/auth/login", {"username": "rider", "password": PASSWORD}, None, **{"Sec-Fetch-Site": "same-origin"}
        )
        assert response.json()["refresh"] is None
        cookies = dict(response.cookies)
        headers = response.headers.get_list("set-cookie")
        refresh = next(header for header in headers if header.startswith("pedalcast_refresh"))
        assert all(word in refresh for word in ("HttpOnly", "Secure", "SameSite=strict"))
        jar = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return {"Cookie": jar, "Origin": str(service.client.base_url)}, cookies["pedalcast_csrf"]

    def test_the_cookie_refreshes_with_its_csrf_token(self, service: PeopleService) -> None:
        headers, csrf = self._signed_in(service)
        response = service.post("/api/v1/auth/refresh", None, None, **headers, **{"X-CSRF-Token": csrf})
        assert response.status_code == 200
        assert response.json()["refresh"] is None

    def test_without_or_with_a_wrong_csrf_token_it_is_refused(self, service: PeopleService) -> None:
        headers, _ = self._signed_in(service)
        for wrong in ({}, {"X-CSRF-Token": "guessed"}):
            response = service.post("/api/v1/auth/refresh", None, None, **headers, **wrong)
            assert response.json()["error"] == "csrf_failed"

    def test_another_site_is_refused_though_it_knew_the_token(self, service: PeopleService) -> None:
        headers, csrf = self._signed_in(service)
        headers |= {"Origin": "https://elsewhere.example", "X-CSRF-Token": csrf}
        assert service.post("/api/v1/auth/refresh", None, None, **headers).json()["error"] == "csrf_failed"


class TestPasswords:
    """What a password must not be."""

    @pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "rider@example.org"])
    def test_a_weak_one_is_refused_and_not_repeated(self, service: PeopleService, password: str) -> None:
        response = service.post(
            "/api/v1/auth/register", REGISTER | {"email": "rider@example.org", "password": password}
        )
        assert response.json()["error"] == "weak_password"
        assert password not in response.text

    def test_a_name_is_taken_whatever_its_case(self, service: PeopleService) -> None:
        service.member()
        again = service.post("/api/v1/auth/register", REGISTER | {"email": "b@example.org", "username": "RIDER"})
        assert again.json()["error"] == "username_taken"
