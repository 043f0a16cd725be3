"""The guard sees and refuses what leaves the machine."""

from __future__ import annotations

import socket
import threading

import pytest

from tests.pedalcast.chat.network import OutsideConnectionError, closed_network


def test_an_outside_connection_is_refused_and_told() -> None:
    with closed_network() as tried:
        before = len(tried)
        with socket.socket() as connection, pytest.raises(OutsideConnectionError):
            connection.connect(("192.0.2.1", 80))
        with pytest.raises(OutsideConnectionError):
            socket.getaddrinfo("example.invalid", 80)
        assert tried[before:] == ["socket.connect 192.0.2.1", "socket.getaddrinfo example.invalid"]
        del tried[before:]


def test_threads_are_watched_too() -> None:
    caught: list[Exception] = []

    def leave() -> None:
        try:
            socket.create_connection(("192.0.2.1", 80), timeout=1)
        except OSError as error:
            caught.append(error)

    with closed_network() as tried:
        before = len(tried)
        thread = threading.Thread(target=leave)
        thread.start()
        thread.join()
        del tried[before:]
    assert isinstance(caught[0], OutsideConnectionError)


def test_loopback_is_let_through() -> None:
    with (
        closed_network(),
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as connection,
    ):
        assert connection.getpeername() == server.getsockname()
