"""Structured logs: JSON in production, coloured lines on a terminal; every line of one request carries its id.

Lines are rendered and written by a thread of their own: neither a slow terminal nor a long traceback holds the event
loop. Tracebacks carry no local variables, and secrets are taken out of the rendered text.
"""

from __future__ import annotations

import atexit
import logging
import logging.handlers
import queue
import re
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(r"token|secret|password|api_?key|authorization|cookie", re.IGNORECASE)
MOST_WAITING = 20_000  # lines; what comes while so many wait to be written is dropped and counted
LONGEST_TEXT = 20_000  # characters of one field: a traceback may repeat what a client sent
_URL_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):[^/\s]+@")
_LOGIN = re.compile(r"\b(bearer|basic|token) [\w.~+/=-]{8,}", re.IGNORECASE | re.ASCII)
_SETTING = re.compile(  # of a query, a mapping, a list of headers
    r"((?:token|secret|password|api_?key|authorization|cookie)(?:=|[\"'] ?[:,] ?b?[\"']))[^\"'&\s]+", re.IGNORECASE
)


class LogRedactor:
    """Takes secrets out of log lines: known values anywhere, passwords in addresses, fields with telling names."""

    def __init__(self, secrets: Iterable[str]) -> None:
        longest_first = sorted({s for s in secrets if len(s) >= 4}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        self._looked_at = LONGEST_TEXT + len(longest_first[0]) if longest_first else LONGEST_TEXT

    def text(self, value: str) -> str:
        shown = value[: self._looked_at]  # a secret across the cut is found whole
        shown = self._secrets.sub(HIDDEN, shown) if self._secrets else shown
        shown = _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", shown)
        shown = _SETTING.sub(rf"\1{HIDDEN}", _LOGIN.sub(rf"\1 {HIDDEN}", shown))
        if len(value) <= LONGEST_TEXT:
            return shown
        return f"{shown[:LONGEST_TEXT]} [… {len(value) - LONGEST_TEXT} characters more]"

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        for name, value in event.items():
            if _SECRET_NAME.search(name) and value is not None:
                event[name] = HIDDEN
            elif isinstance(value, str):
                event[name] = self.text(value)
            elif isinstance(value, BaseException | bytes | dict | list | tuple):
                event[name] = self.text(str(value))
        return event


def configure(*, level: str = "INFO", json: bool = False, secrets: Iterable[str] = ()) -> None:
    """Send structlog's and the standard library's records through one set of processors to stderr.

    Call `flush` to wait until what was logged is written.
    """
    _stop_writing()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _caught_exception,
        structlog.processors.TimeStamper(fmt="iso" if json else "%H:%M:%S", utc=json),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(_Stderr())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                LogRedactor(secrets),
                structlog.processors.JSONRenderer() if json else _console(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [_start_writing(handler)]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"  # requests are logged by our own middleware
    for name in ("httpx", "httpcore", "botocore", "urllib3", "uvicorn.error", "alembic", "mcp"):
        logging.getLogger(name).setLevel("WARNING")
    logging.getLogger("apscheduler").setLevel("ERROR")  # a turn that waits for the one before is no news


def _caught_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put the exception being handled in the place of `exc_info=True`, which means nothing to the writer's thread."""
    if event.get("exc_info") is True:
        event["exc_info"] = sys.exc_info()
    return event


def flush(seconds: float = 5.0) -> None:
    """Wait until every line logged so far is written, or the time is over."""
    if _writer is not None:
        _writer.wait_until_written(seconds)


class _LineQueue(logging.handlers.QueueHandler):
    """Puts records on the queue as they are: rendering is the writer's work. Never waits."""

    dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Bind what belongs to the calling thread: the request's id, for records of the standard library."""
        if not isinstance(record.msg, dict):
            for name, value in structlog.contextvars.get_contextvars().items():
                record.__dict__.setdefault(name, value)
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1


class _LineWriter(logging.handlers.QueueListener):
    """The thread that renders and writes."""

    def __init__(self, lines: queue.Queue[logging.LogRecord], handler: logging.Handler) -> None:
        super().__init__(lines, handler)
        self._lines = lines

    def wait_until_written(self, seconds: float) -> None:
        written = threading.Event()
        marker = logging.LogRecord("flush", logging.CRITICAL, "", 0, "", None, None)
        marker.__dict__["_written"] = written
        with suppress(queue.Full):
            self._lines.put(marker, timeout=seconds)
            written.wait(seconds)

    def handle(self, record: logging.LogRecord) -> None:
        if (written := record.__dict__.get("_written")) is not None:
            written.set()
        else:
            super().handle(record)


_writer: _LineWriter | None = None


def _start_writing(handler: logging.Handler) -> logging.Handler:
    """The handler that takes lines for `handler` to write."""
    global _writer  # noqa: PLW0603 (one log a process)
    lines: queue.Queue[logging.LogRecord] = queue.Queue(MOST_WAITING)
    _writer = _LineWriter(lines, handler)
    _writer.start()
    return _LineQueue(lines)


@atexit.register
def _stop_writing() -> None:
    """Write what waits, and end the thread."""
    global _writer  # noqa: PLW0603
    if _writer is not None:
        flush()
        _writer.stop()
        _writer = None


class _Stderr:
    """Whatever `sys.stderr` is at the moment of writing: a progress bar replaces it while it is on the screen."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), pad_event_to=28, exception_formatter=structlog.dev.plain_traceback
    )
