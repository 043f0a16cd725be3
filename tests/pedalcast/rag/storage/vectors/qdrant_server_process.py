"""Qdrant's REST protocol on loopback, as far as this project uses it, over the client package's own in-memory engine.

Not Qdrant itself: bodies are read by the published models of the protocol, filters and distances are computed by the
engine that `qdrant-client` carries for tests. What a real server adds (its indexes, its limits, its consistency) is not
shown here. The API key is demanded as the server does it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError
from qdrant_client import QdrantClient, models

_POINTS: TypeAdapter[Any] = TypeAdapter(models.PointInsertOperations)
_SELECTOR: TypeAdapter[Any] = TypeAdapter(models.PointsSelector)


@dataclass
class QdrantServer:
    """What runs, what it was asked for, in order, and the fields each collection has an index on."""

    url: str
    api_key: str | None = None
    failing: bool = False
    engine: QdrantClient = field(default_factory=lambda: QdrantClient(":memory:"))
    asked: list[str] = field(default_factory=list)
    indexed: dict[str, set[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Http(ThreadingHTTPServer):
    told: QdrantServer


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        told, body = self.server.told, self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        told.asked.append(f"{self.command} {path}")
        if told.api_key and self.headers.get("api-key") != told.api_key:
            return self._send(401, {"status": {"error": "Must provide an API key"}})
        if told.failing:
            return self._send(500, {"status": {"error": "out of disk"}})
        try:
            with told.lock:
                result = _route(told, self.command, path, body)
        except (ValidationError, LookupError) as fault:
            return self._send(400, {"status": {"error": str(fault)}})
        except ValueError as fault:
            return self._send(404, {"status": {"error": str(fault)}})
        return self._send(200, {"result": _plain(result), "status": "ok", "time": 0.0})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


def _route(told: QdrantServer, method: str, path: str, body: bytes) -> Any:
    for (wanted, pattern), act in _ACTS.items():
        if method == wanted and (found := re.fullmatch(rf"/collections/([^/]+){pattern}", path)):
            return act(told, found[1], body)
    raise LookupError(f"{method} {path} is not spoken here")


def _exists(told: QdrantServer, name: str, _: bytes) -> Any:
    return {"exists": told.engine.collection_exists(name)}


def _info(told: QdrantServer, name: str, _: bytes) -> Any:
    return told.engine.get_collection(name)


def _create(told: QdrantServer, name: str, body: bytes) -> Any:
    asked = models.CreateCollection.model_validate_json(body)
    return told.engine.create_collection(name, asked.vectors, sparse_vectors_config=asked.sparse_vectors)


def _index(told: QdrantServer, name: str, body: bytes) -> Any:
    told.indexed.setdefault(name, set()).add(models.CreateFieldIndex.model_validate_json(body).field_name)
    return _done()


def _upsert(told: QdrantServer, name: str, body: bytes) -> Any:
    asked = _POINTS.validate_json(body)
    told.engine.upsert(name, asked.points if isinstance(asked, models.PointsList) else asked.batch)
    return _done()


def _delete(told: QdrantServer, name: str, body: bytes) -> Any:
    told.engine.delete(name, _SELECTOR.validate_json(body))
    return _done()


def _query(told: QdrantServer, name: str, body: bytes) -> Any:
    asked = models.QueryRequest.model_validate_json(body)
    return told.engine.query_points(
        name, asked.query, using=asked.using, query_filter=asked.filter, limit=asked.limit or 10,
        with_payload=asked.with_payload or False, with_vectors=asked.with_vector or False,
    )  # fmt: skip


def _count(told: QdrantServer, name: str, body: bytes) -> Any:
    return told.engine.count(name, models.CountRequest.model_validate_json(body).filter)


def _done() -> dict[str, Any]:
    return {"operation_id": 0, "status": "completed"}


_ACTS: dict[tuple[str, str], Callable[[QdrantServer, str, bytes], Any]] = {
    ("GET", ""): _info, ("GET", "/exists"): _exists, ("PUT", ""): _create, ("PUT", "/index"): _index,
    ("PUT", "/points"): _upsert, ("POST", "/points/delete"): _delete, ("POST", "/points/query"): _query,
    ("POST", "/points/count"): _count,
}  # fmt: skip


def _plain(result: Any) -> Any:
    return result.model_dump(mode="json") if isinstance(result, BaseModel) else result


@contextmanager
def qdrant_server(api_key: str | None = None) -> Iterator[QdrantServer]:
    """Run one until left, on a free port."""
    with _Http(("127.0.0.1", 0), _Handler) as http:
        told = http.told = QdrantServer(f"http://127.0.0.1:{http.server_address[1]}", api_key)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield told
        finally:
            http.shutdown()
            thread.join()
            told.engine.close()
