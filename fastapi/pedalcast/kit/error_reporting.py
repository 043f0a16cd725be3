"""Sends errors to Sentry where `SENTRY_DSN` is set: what failed in which line of ours, and nothing of anybody's.

The client is built without any of its integrations, which add requests, cookies, local variables and breadcrumbs. An
event is made here from the error's types and stack: no messages of exceptions (they may repeat what a rider wrote), no
variables, no host name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sentry_sdk
from sentry_sdk.types import Event
from sentry_sdk.utils import event_from_exception

FLUSH_S = 2.0
FRAME_FIELDS = frozenset({"filename", "module", "function", "lineno", "context_line", "in_app"})
EXCEPTION_FIELDS = frozenset({"type", "module"})


class ErrorReporter(logging.Handler):
    """Reports log records that carry an exception."""

    def __init__(self, client: sentry_sdk.Client) -> None:
        super().__init__(logging.ERROR)
        self._client = client

    def emit(self, record: logging.LogRecord) -> None:
        """Send what failed; never raises."""
        caught = record.msg.get("exc_info") if isinstance(record.msg, dict) else record.exc_info
        if isinstance(caught, BaseException):
            caught = (type(caught), caught, caught.__traceback__)
        if not isinstance(caught, tuple) or caught[1] is None:
            return
        try:
            event, _ = event_from_exception(caught, client_options=self._client.options)
            self._client.capture_event(_event(dict(event), record))
        except Exception:  # noqa: BLE001 (a report that fails must not fail what is reported)
            self.handleError(record)


@contextmanager
def reporting(dsn: str | None, *, environment: str, release: str) -> Iterator[None]:
    """Report errors while the block runs; without an address nothing happens."""
    if dsn is None:
        yield
        return
    client = sentry_sdk.Client(
        dsn=dsn,
        environment=environment,
        release=release,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        send_client_reports=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="pedalcast",
        before_send=lambda event, _: event if set(event) <= _SENT else None,
    )
    handler = ErrorReporter(client)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        client.close(timeout=FLUSH_S)


_SENT = frozenset({
    "level", "logger", "logentry", "exception", "event_id", "timestamp", "release", "environment", "server_name", "sdk",
    "platform", "_meta", "contexts", "extra", "modules",
})  # fmt: skip


def _event(event: dict[str, Any], record: logging.LogRecord) -> Event:
    values = event.get("exception", {}).get("values", [])
    message = record.msg.get("event", "") if isinstance(record.msg, dict) else record.msg
    return {
        "level": "error",
        "logger": record.name,
        "logentry": {"message": str(message)[:200]},
        "exception": {"values": [_exception(value) for value in values]},
    }


def _exception(value: dict[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames", [])
    kept = {name: value[name] for name in EXCEPTION_FIELDS if value.get(name)}
    shown = [{name: frame[name] for name in FRAME_FIELDS if name in frame} for frame in frames]
    return kept | {"stacktrace": {"frames": shown}}
