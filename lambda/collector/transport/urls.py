"""Addresses of documents: what is asked, and what may be shown of it."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import parse_qsl

import httpx

from collector.errors import ConfigError, FeedError
from collector.transport.redaction import Redactor

_SHORTEST_SECRET = 5  # shorter values of a query are versions and languages


def parsed_url(url: str) -> httpx.URL:
    """The URL, http or https with a host. `FeedError` when it is none."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise FeedError("bad_url", "the address is not a URL") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise FeedError("bad_url", "the address is not an http:// or https:// URL")
    return parsed


def checked_url(url: str, setting: str) -> httpx.URL:
    """The URL that a setting holds. `ConfigError` when it is none."""
    try:
        return parsed_url(url)
    except FeedError as error:
        raise ConfigError(f"{setting}: {error.detail}") from None


def redirected(base: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads. `FeedError` when that is no URL."""
    try:
        return parsed_url(str(base.join(location)))
    except (httpx.InvalidURL, ValueError):
        raise FeedError("bad_url", "the feed redirects to something that is not a URL") from None


def shown_url(url: httpx.URL, secrets: Redactor) -> str:
    """What may be shown of a URL: scheme, host, port and path, the path without secrets. Nothing is ever asked by it.

    >>> shown_url(httpx.URL("https://me:pw@city.example/k3y-1234/status?token=t0ps3cret"), Redactor(["k3y-1234"]))
    'https://city.example/***/status'
    """
    port = f":{url.port}" if url.port is not None else ""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}{port}{secrets(url.path)}"


def secrets_of(url: httpx.URL) -> list[str]:
    """What must not be shown of a URL: its password and the longer values of its query, as they are and decoded."""
    query = url.query.decode("ascii", "replace")
    values = [value for _, value in parse_qsl(query)]
    raw = [pair.partition("=")[2] for pair in query.split("&")]
    return [value for value in (*values, *raw, url.password) if len(value) >= _SHORTEST_SECRET]


def basic_authorization(url: httpx.URL) -> dict[str, str]:
    """The header that a user and password in the URL stand for (RFC 7617)."""
    if not url.userinfo:
        return {}
    return {"Authorization": f"Basic {b64encode(f'{url.username}:{url.password}'.encode()).decode()}"}
