"""The browser's cookies: the refresh token, which no script reads, the CSRF token, which the page repeats, and for
admins that of the admin view.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from fastapi import Request, Response

from pedalcast.accounts.errors import CrossSiteError
from pedalcast.accounts.sessions.service import REFRESH_LIFE, SignedIn

REFRESH_COOKIE = "pedalcast_refresh"
CSRF_COOKIE = "pedalcast_csrf"
CSRF_HEADER = "X-CSRF-Token"
PATH = "/api/v1/auth"
ADMIN_COOKIE = "pedalcast_admin"
ADMIN_PATH = "/admin"


def is_browser(request: Request) -> bool:
    """Whether a page asks. Browsers send these headers, and no script can take them off."""
    return "sec-fetch-site" in request.headers or "origin" in request.headers


def set_cookies(response: Response, signed_in: SignedIn) -> None:
    """Keep the refresh token in the browser, a new CSRF token beside it, and an admin's cookie of the admin view."""
    age, refresh = int(REFRESH_LIFE.total_seconds()), signed_in.refresh
    if signed_in.admin_cookie is not None:
        response.set_cookie(
            ADMIN_COOKIE, signed_in.admin_cookie, max_age=age, path=ADMIN_PATH, secure=True, httponly=True,
            samesite="strict",
        )  # fmt: skip
    response.set_cookie(REFRESH_COOKIE, refresh, max_age=age, path=PATH, secure=True, httponly=True, samesite="strict")
    csrf = secrets.token_urlsafe(24)
    response.set_cookie(CSRF_COOKIE, csrf, max_age=age, path="/", secure=True, httponly=False, samesite="strict")


def clear_cookies(response: Response) -> None:
    """Remove them."""
    response.delete_cookie(ADMIN_COOKIE, path=ADMIN_PATH, secure=True, httponly=True, samesite="strict")
    response.delete_cookie(REFRESH_COOKIE, path=PATH, secure=True, httponly=True, samesite="strict")
    response.delete_cookie(CSRF_COOKIE, path="/", secure=True, samesite="strict")


def refresh_from_cookie(request: Request, allowed_origins: frozenset[str]) -> str | None:
    """The refresh token of the cookie, None without one. Raises `CrossSiteError` unless the page itself asks."""
    token = request.cookies.get(REFRESH_COOKIE)
    if token is None:
        return None
    csrf, header = request.cookies.get(CSRF_COOKIE, ""), request.headers.get(CSRF_HEADER, "")
    if not csrf or not secrets.compare_digest(csrf.encode(), header.encode()):
        raise CrossSiteError
    origin = request.headers.get("origin")
    if origin is not None and origin not in allowed_origins and urlsplit(origin).netloc != request.headers.get("host"):
        raise CrossSiteError
    return token
