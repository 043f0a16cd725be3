"""A server on loopback that speaks OpenAI's chat completions, well or badly, as a test tells it to."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.loopback import serving


@dataclass(frozen=True)
class Reply:
    """How to answer. `pieces` are streamed; after `cut` of them the connection breaks; before piece `stall` nothing
    more comes until the client hangs up."""

    pieces: Sequence[str] = ()
    status: int = 200
    cut: int | None = None
    stall: int | None = None


Behaviour = Callable[[list[dict[str, str]]], Reply]


def says(text: str, size: int = 7) -> Reply:
    """A well-behaved answer, in pieces of some characters."""
    return Reply([text[i : i + size] for i in range(0, len(text), size)])


def obeys(messages: list[dict[str, str]]) -> Reply:
    """A gullible model: whatever a passage orders in capitals, it says."""
    order = re.search(r"(?:SAY|ANSWER|REPLY) EXACTLY: ?(.+)", messages[-1]["content"])
    return says(order[1] if order else "Nobody told me anything.")


@dataclass
class OpenAIServer:
    """`behaviour` decides each reply; `prompts` are the messages received; `hung_up`: a client left early."""

    url: str
    behaviour: Behaviour = lambda _: says("…")
    prompts: list[list[dict[str, str]]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)

    def will(self, *replies: Reply) -> None:
        """Give these replies in turn, the last one again and again."""
        waiting = list(replies)
        self.behaviour = lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


class _Http(ThreadingHTTPServer):
    told: OpenAIServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def do_POST(self) -> None:
        told = self.server.told
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told.prompts.append(body["messages"])
        reply = told.behaviour(body["messages"])
        if reply.status != 200:
            self._fail(reply.status)
        else:
            self._stream(reply)

    def _fail(self, status: int) -> None:
        body = json.dumps({"error": {"message": "no", "type": "test", "code": None}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, reply: Reply) -> None:
        self.close_connection = True
        if reply.stall == 0:
            return self._wait_for_the_client_to_leave()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, piece in enumerate(reply.pieces):
            if number == reply.cut:
                return self.connection.shutdown(socket.SHUT_RDWR)
            if number == reply.stall:
                return self._wait_for_the_client_to_leave()
            self._chunk(f"data: {json.dumps(_delta(piece))}\n\n")
        self._chunk(f"data: {json.dumps(_delta(None))}\n\ndata: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")
        return None

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _wait_for_the_client_to_leave(self) -> None:
        told = self.server.told
        self.connection.settimeout(0.05)
        while not told.closing.is_set():
            try:
                if self.connection.recv(1) == b"":
                    told.hung_up.set()
                    return
            except TimeoutError:
                continue
            except OSError:
                told.hung_up.set()
                return

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def openai_server() -> Iterator[OpenAIServer]:
    """Run one until left, on a free port."""
    http = _Http(("127.0.0.1", 0), _Handler)
    with serving(http) as address:
        told = http.told = OpenAIServer(f"{address}/v1")
        try:
            yield told
        finally:
            told.closing.set()


def _delta(text: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": None if text else "stop"}
    return {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "test", "choices": [choice]}
