"""Connections that end at a deadline whatever the other side sends, to addresses that may be reached.

httpcore bounds each read; a server that sends a byte now and then keeps it reading for ever. Here every read and write
of a request, the name's resolution and the handshake count against one deadline, and the bytes read against one limit.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable
from typing import Any

import httpcore

from collector.transport.addresses import AddressPolicy
from collector.transport.deadline import MAX_BYTES, Deadline


class AddressRefusedError(Exception):
    """The host has no address that may be reached."""


class TooManyBytesError(Exception):
    """The server sent more than is read of any answer."""


class RequestLimit:
    """What is left of the request under way: its time, and the bytes that may still be read. One request at a time."""

    def __init__(self) -> None:
        self.begin(Deadline(0.0))

    def begin(self, deadline: Deadline) -> None:
        """A request begins."""
        self._deadline = deadline
        self._bytes_left = MAX_BYTES

    def seconds(self, error: type[Exception]) -> float:
        """Seconds left; raises `error` when none are."""
        seconds_left = self._deadline.left
        if seconds_left <= 0:
            raise error("the deadline has passed")
        return seconds_left

    def count(self, size: int) -> None:
        """So many bytes have been read."""
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise TooManyBytesError(f"more than {MAX_BYTES} bytes")


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every operation has to end at the request's deadline."""

    def __init__(self, inner: httpcore.NetworkStream, limit: RequestLimit) -> None:
        self._inner = inner
        self._limit = limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 the deadline's is shorter
        received = self._inner.read(max_bytes, self._limit.seconds(httpcore.ReadTimeout))
        self._limit.count(len(received))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._inner.write(buffer, self._limit.seconds(httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        seconds_left = self._limit.seconds(httpcore.ConnectTimeout)
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, seconds_left), self._limit)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class BoundedBackend(httpcore.NetworkBackend):
    """Opens connections for httpcore's pool, only to addresses that the policy allows."""

    def __init__(self, policy: AddressPolicy, limit: RequestLimit) -> None:
        self._policy = policy
        self._limit = limit
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 the deadline's is shorter
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._policy.allowed(host, _resolve(host, port, self._limit.seconds(httpcore.ConnectTimeout)))
        if not addresses:
            raise AddressRefusedError(host)
        for number, address in enumerate(addresses, 1):
            seconds_left = self._limit.seconds(httpcore.ConnectTimeout)
            share = seconds_left if number == len(addresses) else seconds_left / 2
            try:
                stream = self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return _BoundedStream(stream, self._limit)
        raise AssertionError("unreachable: the last address connects or raises")


def _resolve(host: str, port: int, seconds: float) -> list[str]:
    """A name's addresses. The system's resolver knows no limit of time: it is asked in a thread of its own."""
    answer: list[list[str] | OSError] = []

    def ask() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.append([str(info[4][0]) for info in entries])
        except (OSError, UnicodeError) as error:
            answer.append(error if isinstance(error, OSError) else OSError("no name of a host"))

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if not answer:
        raise httpcore.ConnectTimeout("the name was not resolved in time")
    if isinstance(answer[0], OSError):
        raise httpcore.ConnectError(str(answer[0])) from None
    return list(dict.fromkeys(answer[0]))
