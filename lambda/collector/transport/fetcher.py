"""Getting documents over HTTP: one budget of time a poll, retries where they may help, and no secret in any log.

A URL may carry a key, in its path (Seoul) or its query. The client is therefore asked for the URL's public form, and
only the transport, below everything that logs or raises, puts the real one in its place.
"""

from __future__ import annotations

import random
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import TypeVar

import httpx

from collector.errors import ConfigError, FeedError
from collector.transport.redaction import Redactor, keep_out_of_logs

BUDGET = 45.0  # seconds for a whole poll: with one last slow read it stays below the minute
_MAX_BYTES = 64 * 1024 * 1024
_MAX_REDIRECTS = 4
_REAL_URL = "collector_real_url"

T = TypeVar("T")


class Deadline:
    """The moment a poll has to be done by."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, 0 when none are."""
        return max(0.0, self._at - time.monotonic())


class _Unveiling(httpx.BaseTransport):
    """Sends each request to its real URL."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        real = httpx.URL(request.extensions[_REAL_URL])
        kept = {name: value for name, value in request.extensions.items() if name != _REAL_URL}
        return self._inner.handle_request(
            httpx.Request(request.method, real, headers=request.headers, stream=request.stream, extensions=kept)
        )

    def close(self) -> None:
        self._inner.close()


class Fetcher:
    """An HTTP client for one feed. `secrets` are struck out of every error; `headers` go to the feed's own hosts."""

    def __init__(
        self,
        *,
        timeout: float = 10.0,
        attempts: int = 3,
        backoff: float = 0.5,
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
    ) -> None:
        self._timeout = timeout
        self._attempts = attempts
        self._backoff = backoff
        self._headers = dict(headers or {})
        self._redact = Redactor(secrets)
        keep_out_of_logs(secrets)
        agent = {"User-Agent": "pedalcast-collector/0.1", "Accept": "application/json"}
        self._client = httpx.Client(transport=_Unveiling(httpx.HTTPTransport()), headers=agent)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, url: str, read: Callable[[bytes], T], deadline: Deadline) -> T:
        """Fetch a document and `read` it, again after a while when either fails in a transient way. `FeedError`."""
        for attempt in range(1, self._attempts + 1):
            try:
                return read(self._once(url, deadline))
            except FeedError as error:
                pause = self._pause(attempt, error)
                if not error.transient or attempt == self._attempts or pause >= deadline.left:
                    raise FeedError(error.reason, self._redact(error.detail), transient=error.transient) from None
                time.sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _public(self, url: httpx.URL) -> httpx.URL:
        """The URL without user, query, fragment and secrets: what may be logged."""
        return httpx.URL(self._redact(str(url.copy_with(username=None, password=None, query=None, fragment=None))))

    def _pause(self, attempt: int, error: FeedError) -> float:
        """Exponential backoff with full jitter, or what the server asked for."""
        if error.retry_after is not None:
            return error.retry_after
        return random.uniform(0.0, min(8.0, self._backoff * 2**attempt))  # noqa: S311 jitter

    def _once(self, url: str, deadline: Deadline) -> bytes:
        real = _url(url)
        home = real.host
        for _ in range(_MAX_REDIRECTS + 1):
            headers = self._headers | _basic(real) if real.host == home else {}
            answer = self._send(real, headers, deadline)
            if isinstance(answer, bytes):
                return answer
            real = answer
        raise FeedError("redirects", f"{self._public(real)} redirects without end")

    def _send(self, real: httpx.URL, headers: Mapping[str, str], deadline: Deadline) -> bytes | httpx.URL:
        """The body, or the URL that a redirect points to."""
        shown = self._public(real)
        if deadline.left <= 0:
            raise FeedError("deadline", f"no time left to ask {shown}")
        until = Deadline(min(self._timeout, deadline.left))
        extensions = {_REAL_URL: str(real), "timeout": httpx.Timeout(until.left).as_dict()}
        request = self._client.build_request("GET", shown, headers=headers, extensions=extensions)
        try:
            response = self._client.send(request, stream=True)
            try:
                if response.has_redirect_location:
                    return _redirect(real, response)
                _check_status(response, str(shown))
                return _read(response, until, str(shown))
            finally:
                response.close()
        except httpx.TimeoutException:
            raise FeedError("timeout", f"{shown} did not answer in time", transient=True) from None
        except httpx.TransportError as error:
            raise FeedError("connection", f"{shown}: {str(error) or type(error).__name__}", transient=True) from None
        except httpx.DecodingError:
            raise FeedError("encoding", f"{shown} sent a broken compression", transient=True) from None


def checked_url(url: str, setting: str) -> httpx.URL:
    """The URL that a setting holds. `ConfigError` when it is none."""
    try:
        return _url(url)
    except FeedError as error:
        raise ConfigError(f"{setting}: {error.detail}") from None


def _basic(real: httpx.URL) -> dict[str, str]:
    """The header that a user and password in the URL stand for (RFC 7617)."""
    if not real.userinfo:
        return {}
    return {"Authorization": f"Basic {b64encode(f'{real.username}:{real.password}'.encode()).decode()}"}


def _url(url: str) -> httpx.URL:
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL:
        raise FeedError("bad_url", "the address is not a URL") from None
    if found.scheme not in ("http", "https") or not found.host:
        raise FeedError("bad_url", "the address is not an http:// or https:// URL")
    return found


def _redirect(real: httpx.URL, response: httpx.Response) -> httpx.URL:
    try:
        return _url(str(real.join(response.headers["Location"])))
    except httpx.InvalidURL:
        raise FeedError("bad_url", "the feed redirects to something that is not a URL") from None


def _check_status(response: httpx.Response, shown: str) -> None:
    status = response.status_code
    if status == 200:
        return
    transient = status >= 500 or status in (408, 425, 429)
    wait = response.headers.get("Retry-After", "")
    after = float(wait) if transient and wait.isascii() and wait.isdigit() else None
    raise FeedError(f"http_{status}", f"{shown} answered HTTP {status}", transient=transient, retry_after=after)


def _read(response: httpx.Response, until: Deadline, shown: str) -> bytes:
    """The whole body: a server that drips is cut off by the clock, one that pours by size."""
    parts, size = [], 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > _MAX_BYTES:
            raise FeedError("too_large", f"{shown} sent more than {_MAX_BYTES} bytes")
        if until.left <= 0:
            raise FeedError("timeout", f"{shown} sent its answer too slowly", transient=True)
    return b"".join(parts)
