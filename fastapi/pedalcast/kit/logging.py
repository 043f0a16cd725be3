"""Structured logs: JSON in production, coloured lines on a terminal; every line of one request carries its id."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(r"token|secret|password|api_?key|authorization|cookie", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]+@")


class LogRedactor:
    """Takes secrets out of log lines: known values anywhere, passwords in addresses, fields with telling names."""

    def __init__(self, secrets: Iterable[str]) -> None:
        longest_first = sorted({s for s in secrets if len(s) >= 4}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, value: str) -> str:
        value = self._known.sub(HIDDEN, value) if self._known else value
        return _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", value)

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
    """Send structlog's and the standard library's records through one set of processors to stderr."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
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
                structlog.processors.format_exc_info if json else _pass,
                LogRedactor(secrets),
                structlog.processors.JSONRenderer() if json else _console(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"  # requests are logged by our own middleware
    for name in ("httpx", "httpcore", "botocore", "urllib3", "uvicorn.error"):
        logging.getLogger(name).setLevel("WARNING")
    logging.getLogger("apscheduler").setLevel("ERROR")  # a turn that waits for the one before is no news


class _Stderr:
    """Whatever `sys.stderr` is at the moment of writing: a progress bar replaces it while it is on the screen."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def _pass(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return event


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=28)
