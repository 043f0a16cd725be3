"""Sees every connection this process tries to make, and refuses those that leave the machine."""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LOCAL_NAMES = frozenset({"", "localhost"})


class OutsideConnectionError(OSError):
    """Something tried to leave the machine."""


class _Guard:
    """An audit hook cannot be taken out again, so there is one for the process and it is switched."""

    def __init__(self) -> None:
        self.watching = 0
        self.tried: list[str] = []
        self.lock = threading.Lock()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.watching or not event.startswith("socket."):
            return
        if event in {"socket.connect", "socket.sendto"}:
            connection, address = arguments[0], arguments[1]
            if connection.family in (socket.AF_INET, socket.AF_INET6):
                self._judge(event, str(address[0]))
        elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
            host = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0] or "")
            if not _is_numeric(host):  # whose address is known without asking anybody
                self._judge(event, host)

    def _judge(self, event: str, host: str) -> None:
        if host in _LOCAL_NAMES or _is_loopback(host):
            return
        self.tried.append(f"{event} {host}")
        raise OutsideConnectionError(f"{event} to {host} would leave the machine")


def _is_numeric(host: str) -> bool:
    """An address in any notation that the resolver reads as one: `0x7f.1` too."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return bool(socket.inet_aton(host) if family == socket.AF_INET else socket.inet_pton(family, host))
        except OSError:
            continue
    return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_GUARD = _Guard()
_added = threading.Event()


@contextmanager
def closed_network() -> Iterator[list[str]]:
    """Refuse everything but loopback and unix sockets, in every thread; the list has what was tried."""
    with _GUARD.lock:
        if not _added.is_set():
            sys.addaudithook(_GUARD)
            _added.set()
        if not _GUARD.watching:
            _GUARD.tried = []
        _GUARD.watching += 1
    try:
        yield _GUARD.tried
    finally:
        _GUARD.watching -= 1
