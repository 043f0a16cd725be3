"""uvicorn, told to let go of listeners when it is asked to stop."""

from __future__ import annotations

import errno
import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from pedalcast.kit.web.bounded_protocol import BoundedHttpProtocol, raise_file_limit

GRACE_S = 5


class PortInUseError(OSError):
    """The address is taken, or not this machine's; the message is one line."""


class HttpServer(uvicorn.Server):
    """Serves `app` on sockets opened beforehand. Streams of events end at the first signal: it stops at once."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        BoundedHttpProtocol.most_connections = raise_file_limit()
        super().__init__(
            uvicorn.Config(
                app,
                http=BoundedHttpProtocol,
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
            )
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 (uvicorn's signature)
        """At a signal: stop in order, and return from `run`. A second one changes nothing, the grace is short."""
        self.release()

    def release(self) -> None:
        """End the streams and stop; from any thread."""
        self._app.state.context.events.close()
        self.should_exit = True


def _hint(error: OSError, port: int) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return ": HOST takes an address of this machine, 0.0.0.0 for all of them"
    another = port + 1 if port < 65535 else port - 1
    return f": stop what listens there, or choose another with --port {another}" if port else ""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `PortInUseError`, before anything heavy has started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise PortInUseError(f"cannot listen on {host}:{port} ({error.strerror}){_hint(error, port)}") from None
    sock.listen(2048)
    return sock
