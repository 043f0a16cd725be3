"""uvicorn's HTTP protocol with bounds: header bytes, time for a request's head to arrive and for a client that has
stopped reading its answer, connections at once.

uvicorn bounds none of them: a head of 150 MB is parsed whole, and a client that never ends its head holds a file for
ever. (https://uvicorn.dev/settings/#resource-limits)
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10.0
UNREAD_SECONDS = 60.0  # a client that takes nothing of its answer for so long is let go
RESERVED_FILES = 200  # for everything that is no connection of a client
MOST_CONNECTIONS = 4000


class BoundedHttpProtocol(HttpToolsProtocol):
    """A connection. Those whose request has not begun to be answered are `waiting`; the oldest of them is closed when
    there are too many, so that `/health` is answered however many clients send half a request."""

    waiting: ClassVar[dict[BoundedHttpProtocol, None]] = {}  # in the order of arrival, for the whole process
    most_connections = MOST_CONNECTIONS
    head_bytes = HEAD_BYTES
    head_seconds = HEAD_SECONDS
    unread_seconds = UNREAD_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_is_open = True  # also before its first byte
        self._head_size = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()
        if len(self.connections) > self.most_connections:
            oldest = next(iter(self.waiting), None)
            (oldest or self).transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_is_open:  # it goes on; what one read may bring is bounded by the event loop (256 KiB)
            if self not in self.waiting:  # a further request on a connection that is kept alive
                self._wait_for_head()
            self._head_size += len(data)
            if self._head_size > self.head_bytes:
                self._refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_is_open = True

    def on_headers_complete(self) -> None:
        self._head_arrived()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        self._read_on()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        self._read_on()
        super().connection_lost(exc)

    def _wait_for_reader(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._unread_timer = self.loop.call_later(self.unread_seconds, self._still_unread, unread)

    def _still_unread(self, before: int) -> None:
        if self.transport.get_write_buffer_size() >= before:
            self.transport.abort()
        else:
            self._wait_for_reader()

    def _read_on(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _wait_for_head(self) -> None:
        self._head_size = 0
        self.waiting[self] = None
        self._head_timer = self.loop.call_later(self.head_seconds, self._head_late)

    def _head_arrived(self) -> None:
        self._head_is_open = False
        if self._head_timer is not None:
            self.waiting.pop(self, None)
            self._head_timer.cancel()
            self._head_timer = None

    def _head_late(self) -> None:
        if self in self.waiting:
            self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        self._head_arrived()
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()


def raise_file_limit() -> int:
    """Let this process open as many files as it may (setrlimit(2)); how many connections that leaves room for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + RESERVED_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    room = MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else soft - RESERVED_FILES
    return max(16, min(MOST_CONNECTIONS, room))
