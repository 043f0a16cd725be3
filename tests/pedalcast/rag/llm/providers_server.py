"""A server on loopback that answers "Hello [1]." in the wire format of each provider, or refuses."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.loopback import serving

WORDS = ("Hello ", "[1].")


@dataclass
class ProvidersServer:
    url: str
    status: int = 200
    retry_after: str | None = None


class _Http(ThreadingHTTPServer):
    told: ProvidersServer


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = self.server.told.status
        kind, body = ("application/json", b"{}") if status != 200 else _body(self.path)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.server.told.retry_after is not None:
            self.send_header("Retry-After", self.server.told.retry_after)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def providers_server() -> Iterator[ProvidersServer]:
    """Run one until left, on a free port."""
    http = _Http(("127.0.0.1", 0), _Handler)
    with serving(http) as address:
        http.told = ProvidersServer(address)
        yield http.told


def _body(path: str) -> tuple[str, bytes]:
    if "messages" in path:
        return "text/event-stream", b"".join(_anthropic())
    if "api/chat" in path:
        return "application/x-ndjson", b"".join(_ollama())
    if "converse" in path:
        return "application/vnd.amazon.eventstream", b"".join(_bedrock())
    return "text/event-stream", b"".join(_gemini())


def _anthropic() -> Iterator[bytes]:
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "t", "usage": usage}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": w}} for w in WORDS),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]
    for event in events:
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _ollama() -> Iterator[bytes]:
    for word in (*WORDS, ""):
        line = {"model": "t", "message": {"role": "assistant", "content": word}, "done": not word}
        yield json.dumps({**line, "created_at": "2026-01-01T00:00:00Z"}).encode() + b"\n"


def _gemini() -> Iterator[bytes]:
    for word in WORDS:
        candidate = {"content": {"role": "model", "parts": [{"text": word}]}, "index": 0}
        yield b"data: " + json.dumps({"candidates": [candidate]}).encode() + b"\n\n"


def _bedrock() -> Iterator[bytes]:
    yield _frame("messageStart", {"role": "assistant"})
    for word in WORDS:
        yield _frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": word}})
    yield _frame("contentBlockStop", {"contentBlockIndex": 0})
    yield _frame("messageStop", {"stopReason": "end_turn"})
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    yield _frame("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})


def _frame(kind: str, data: dict[str, Any]) -> bytes:
    """A message of Amazon's event stream encoding: prelude, checksum, headers, payload, checksum."""
    payload = json.dumps(data).encode()
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in ((":event-type", kind), (":content-type", "application/json"), (":message-type", "event"))
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    frame = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return frame + struct.pack(">I", zlib.crc32(frame))
