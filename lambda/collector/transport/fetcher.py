"""Getting documents over HTTP: one budget of time a poll, retries where they may help, and no secret in any log."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import TypeVar

import httpcore
import httpx

from collector.errors import FeedError
from collector.parsing.charsets import as_utf8
from collector.transport.addresses import AddressPolicy
from collector.transport.deadline import MAX_BYTES, Deadline
from collector.transport.decoding import ACCEPTED, decoded
from collector.transport.redaction import Redactor, keep_out_of_logs
from collector.transport.retry_after import retry_after_seconds
from collector.transport.sockets import AddressRefusedError, BoundedBackend, RequestLimit, TooManyBytesError
from collector.transport.urls import basic_authorization, parsed_url, redirected, secrets_of, shown_url

BUDGET = 45.0  # seconds for a whole poll: with one last slow read it stays below the minute
_MAX_REDIRECTS = 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGENT = {"User-Agent": "pedalcast-collector/0.1", "Accept": "application/json", "Accept-Encoding": ACCEPTED}

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Fetcher:
    """An HTTP client for one feed. Not for several threads at once.

    `secrets` are struck out of every error and log; `headers` go where the `policy` lets them go. `timeout` is for one
    call, whatever the server sends meanwhile.

        fetcher = Fetcher(AddressPolicy("city.example"), headers={"X-Key": "…"})
        fetcher.get("https://city.example/gbfs.json", read_envelope, Deadline(45.0))
    """

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        timeout: float = 10.0,
        attempts: int = 3,
        backoff: float = 0.5,
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
    ) -> None:
        self._policy = policy
        self._timeout = timeout
        self._attempts = attempts
        self._backoff = backoff
        self._headers = dict(headers or {})
        self._secrets = Redactor(secrets)
        keep_out_of_logs(secrets)
        self._limit = RequestLimit()
        backend = BoundedBackend(policy, self._limit)
        self._pool = httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=backend)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def get(self, url: str, read: Callable[[bytes], T], deadline: Deadline) -> T:
        """Fetch a document, as UTF-8, and `read` it; again after a while when either fails in a transient way.

        Raises `FeedError`.
        """
        for attempt in range(1, self._attempts + 1):
            try:
                return read(self._follow(url, deadline))
            except FeedError as error:
                pause = self._pause(attempt, error)
                if not error.transient or attempt == self._attempts or pause >= deadline.left:
                    raise FeedError(error.reason, self._secrets(error.detail), transient=error.transient) from None
                time.sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _pause(self, attempt: int, error: FeedError) -> float:
        """Exponential backoff with full jitter, or what the server asked for."""
        if error.retry_after is not None:
            return error.retry_after
        return random.uniform(0.0, min(8.0, self._backoff * 2**attempt))  # noqa: S311 jitter

    def _follow(self, url: str, deadline: Deadline) -> bytes:
        """The body at the end of the redirects. Headers go along to the feed's own hosts, never from https to http."""
        first = target = parsed_url(url)
        self._hide(secrets_of(first))
        for _ in range(_MAX_REDIRECTS + 1):
            secure = target.scheme == "https" or first.scheme == "http"
            trusted = secure and self._policy.gets_headers(target.host, https=target.scheme == "https")
            headers = self._headers | basic_authorization(target) if trusted else {}
            answer = self._ask(target, headers, deadline)
            if isinstance(answer, bytes):
                return answer
            target = answer
        raise FeedError("redirects", f"{shown_url(target, self._secrets)} redirects without end")

    def _hide(self, secrets: list[str]) -> None:
        fresh = [secret for secret in secrets if secret not in self._secrets.secrets]
        if fresh:
            self._secrets = Redactor((*self._secrets.secrets, *fresh))
            keep_out_of_logs(fresh)

    def _ask(self, target: httpx.URL, headers: Mapping[str, str], deadline: Deadline) -> bytes | httpx.URL:
        """The body, or the URL that a redirect points to."""
        shown = shown_url(target, self._secrets)
        if deadline.left <= 0:
            raise FeedError("deadline", f"no time left to ask {shown}")
        call = Deadline(min(self._timeout, deadline.left))
        self._limit.begin(call)
        try:
            answer = self._send(target, headers, call, shown)
        except (httpcore.TimeoutException, TooManyBytesError, AddressRefusedError) as error:
            raise _limit_error(error, shown) from None
        except (httpcore.LocalProtocolError, ValueError) as error:  # whose message may repeat a header
            raise FeedError("connection", f"{shown} cannot be asked: {type(error).__name__}") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            detail = f"{shown}: {str(error) or type(error).__name__}"
            raise FeedError("connection", detail, transient=True) from None
        _log.debug("document fetched: %s", shown)
        return answer

    def _send(self, target: httpx.URL, headers: Mapping[str, str], call: Deadline, shown: str) -> bytes | httpx.URL:
        sent = [*_AGENT.items(), ("Host", target.netloc.decode("ascii")), *headers.items()]
        with self._pool.stream("GET", _core_url(target), headers=sent) as response:
            received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status in _REDIRECTS and "location" in received:
                return redirected(target, received["location"])
            _check_status(response.status, received, shown)
            codings = received.get("content-encoding", "").split(",")
            body = _whole(decoded(response.iter_stream(), codings, call), call, shown)
        return as_utf8(body, received.get("content-type", ""))


def _core_url(target: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)


def _limit_error(error: Exception, shown: str) -> FeedError:
    if isinstance(error, TooManyBytesError):
        return FeedError("too_large", f"{shown} sent more than {MAX_BYTES} bytes")
    if isinstance(error, AddressRefusedError):
        return FeedError("address_refused", f"{shown} lies on a private address, which this feed may not name")
    return FeedError("timeout", f"{shown} did not answer in time", transient=True)


def _check_status(status: int, headers: Mapping[str, str], shown: str) -> None:
    if status == HTTPStatus.OK:
        return
    transient = status >= 500 or status in (408, 425, 429)
    after = retry_after_seconds(headers.get("retry-after")) if transient else None
    reason = f"http_{status}" if status in set(HTTPStatus) else "http_other"
    raise FeedError(reason, f"{shown} answered HTTP {status}", transient=transient, retry_after=after)


def _whole(pieces: Iterator[bytes], call: Deadline, shown: str) -> bytes:
    """The whole body: a server that drips is cut off by the clock, one that pours by size."""
    body_pieces, size = [], 0
    for piece in pieces:
        body_pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise FeedError("too_large", f"{shown} sent more than {MAX_BYTES} bytes")
        if call.left <= 0:
            raise FeedError("timeout", f"{shown} sent its answer too slowly", transient=True)
    return b"".join(body_pieces)
