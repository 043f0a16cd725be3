"""Striking secrets out of words, and out of what the HTTP library logs."""

from __future__ import annotations

import logging
from collections.abc import Iterable

# httpcore logs the headers of responses, in which a redirect may repeat the key that it was asked with
_LOGGERS = ("httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks")


class Redactor:
    """Replaces its secrets by `***` in words that are to be shown.

    >>> Redactor(["t0ps3cret"])("the key t0ps3cret was refused")
    'the key *** was refused'
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self.secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)

    def __call__(self, words: str) -> str:
        for secret in self.secrets:
            words = words.replace(secret, "***")
        return words


class _LogFilter(logging.Filter):
    """Rewrites records that hold a secret of any feed of this process."""

    def __init__(self) -> None:
        super().__init__()
        self._redact = Redactor(())

    def add(self, secrets: Iterable[str]) -> None:
        self._redact = Redactor((*self._redact.secrets, *secrets))

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        record.msg, record.args = self._redact(words), ()
        return True


_filter = _LogFilter()


def keep_out_of_logs(secrets: Iterable[str]) -> None:
    """From now on the HTTP library's log records of this process are free of these secrets."""
    _filter.add(secrets)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_filter)  # adding it again changes nothing
