"""A server that writes raw bytes to its connections, as slowly or as much as a test likes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def hostile_server(chunks: Iterable[bytes], pause: float = 0.05, address: str = "127.0.0.1") -> Iterator[str]:
    """The address of a server that sends `chunks` to its first client, with a pause before each."""
    stopping = threading.Event()
    listener = socket.create_server((address, 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                for chunk in chunks:
                    if stopping.wait(pause):
                        return
                    connection.sendall(chunk)
                stopping.wait(30)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://{address}:{listener.getsockname()[1]}"
    finally:
        stopping.set()
        listener.close()
        thread.join(5)
