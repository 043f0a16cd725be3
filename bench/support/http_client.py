"""An HTTP client that costs next to nothing, so that what is measured is the server."""

from __future__ import annotations

import re
import select
import socket
import time
from collections import deque
from itertools import cycle
from types import TracebackType
from typing import Self

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Connection:
    """One kept-alive connection. A request is sent with `ask`, its answer awaited with `hear`."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.room = memoryview(bytearray(1 << 22))

    def ask(self, request: bytes) -> None:
        self._socket.sendall(request)

    def hear(self) -> tuple[int, bytes, int]:
        """The status, the head, and how long the body was; the body itself is only received into `room`."""
        got = b""
        while b"\r\n\r\n" not in got:
            more = self._socket.recv(65_536)
            if not more:
                raise ConnectionError("the server hung up")
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        match = _LENGTH.search(head)
        size = int(match[1]) if match else 0
        self.room[: len(body)] = body
        at = len(body)
        while at < size:
            at += self._socket.recv_into(self.room[at:], size - at)
        return int(head[9:12]), head, size

    def fileno(self) -> int:
        """For `select`: readable when the answer has begun to arrive."""
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()


class Client:
    """Two connections in turn, so that the server always has a request waiting."""

    def __init__(self, port: int, connections: int = 2) -> None:
        self._connections = [Connection(port) for _ in range(connections)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for connection in self._connections:
            connection.close()

    def seconds_each(self, request: bytes, count: int, *, status: int = 200) -> float:
        """Seconds that each of `count` such requests takes the server."""
        started = time.perf_counter()
        for connection in self._connections:
            connection.ask(request)
        for number, connection in zip(range(count), cycle(self._connections), strict=False):
            got = connection.hear()[0]
            if got != status:
                raise RuntimeError(f"{status} expected, {got} answered")
            if number < count - len(self._connections):
                connection.ask(request)
        return (time.perf_counter() - started) / count

    def waits(self, request: bytes, seconds: float) -> list[float]:
        """For so long, each connection asks again as soon as it is answered: the seconds that each answer took."""
        asked, took = {}, []
        for connection in self._connections:
            asked[connection] = time.perf_counter()
            connection.ask(request)
        until = time.perf_counter() + seconds
        for connection in cycle(self._connections):
            connection.hear()
            now = time.perf_counter()
            took.append(now - asked.pop(connection))
            if now < until:
                asked[connection] = now
                connection.ask(request)
            if not asked:
                return took
        return took

    def paced(self, request: bytes, seconds: float, rate: float) -> list[float]:
        """For so long, `rate` times a second, a connection that is free asks: the seconds that each answer took.

        They count from the asking, and where no connection was free from the moment when one was due to ask: a server
        that stands still is not asked less for it.
        """
        free, due = deque(self._connections), deque[float]()
        asked: dict[Connection, float] = {}
        took: list[float] = []
        start, planned, count = time.perf_counter(), 0, round(seconds * rate)
        while len(took) < count:
            now = time.perf_counter()
            while planned < count and start + planned / rate <= now:
                due.append(now if free else start + planned / rate)
                planned += 1
            while due and free:
                asked[free[0]] = due.popleft()
                free.popleft().ask(request)
            more = planned < count and bool(free)
            wait = max(start + planned / rate - time.perf_counter(), 0.0) if more else None
            for connection in select.select(list(asked), [], [], wait)[0]:
                connection.hear()
                took.append(time.perf_counter() - asked.pop(connection))
                free.append(connection)
        return took

    def once(self, request: bytes) -> tuple[int, bytes, int]:
        """One request on its own."""
        self._connections[0].ask(request)
        return self._connections[0].hear()

    def body(self, request: bytes) -> bytes:
        """The body of one request."""
        size = self.once(request)[2]
        return bytes(self._connections[0].room[:size])


def get(path: str, **headers: str) -> bytes:
    """A GET request."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def header(head: bytes, name: str) -> str:
    """A header's value in an answer's head."""
    match = re.search(rb"(?im)^" + name.encode() + rb": ([^\r\n]*)", head)
    if match is None:
        raise KeyError(name)
    return match[1].decode()
