"""The city's feed over HTTP (GBFS 2.3), which can be told to misbehave."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from bench.soak.shared_clock import SharedClock
from collector.city.town import Town

Behaviour = Literal["good", "down", "slow", "endless", "wrong"]
STATIONS = 60
SEED = 7


class FeedServer:
    """Serves discovery, system information, station information and status of a simulated town.

    `behaviour` may be changed at any time: `down` answers 503, `slow` sends a byte a second, `endless` never ends its
    body, `wrong` sends what is no GBFS.
    """

    def __init__(self, clock: SharedClock) -> None:
        self.behaviour: Behaviour = "good"
        self._clock = clock
        self._town = Town(SEED, STATIONS, clock.now())
        self._lock = threading.Lock()
        self._closing = threading.Event()
        handler = type("FeedRequest", (_FeedRequest,), {"feed": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The discovery's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/gbfs.json"

    def close(self) -> None:
        """Stop serving."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request as the present behaviour has it."""
        name = request.path.rpartition("/")[2].removesuffix(".json")
        body = self._document(name)
        if body is None:
            request.send_error(404)
        elif self.behaviour == "down":
            request.send_error(503)
        elif self.behaviour == "wrong":
            _send(request, b'{"data": {"stations": "none", "feeds": 7}}')
        elif self.behaviour in ("slow", "endless"):
            self._drag(request, body)
        else:
            _send(request, body)

    def _drag(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        """Send the body a byte a second (slow) or spaces for ever (endless), until the client has had enough."""
        endless = self.behaviour == "endless"
        request.send_response(200)
        if not endless:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.close_connection = True
        for position in range(len(body)):
            try:
                request.wfile.write(b" " * 1000 if endless else body[position : position + 1])
            except OSError:
                return
            if self._closing.wait(0.01 if endless else 1.0) or self.behaviour == "good":
                return

    def _document(self, name: str) -> bytes | None:
        makers = {
            "gbfs": self._discovery,
            "system_information": self._system,
            "station_information": self._information,
            "station_status": self._status,
        }
        maker = makers.get(name)
        if maker is None:
            return None
        with self._lock:
            now = self._clock.now()
            self._town.advance(now)
            document = {"last_updated": int(now.timestamp()), "ttl": 60, "version": "2.3", "data": maker()}
        return json.dumps(document).encode()

    def _discovery(self) -> dict[str, Any]:
        base = self.url.rpartition("/")[0]
        names = ("system_information", "station_information", "station_status")
        return {"en": {"feeds": [{"name": name, "url": f"{base}/{name}.json"} for name in names]}}

    def _system(self) -> dict[str, Any]:
        return {"system_id": "soak-city", "language": "en", "name": "Soak City", "timezone": "Asia/Seoul"}

    def _information(self) -> dict[str, Any]:
        return {
            "stations": [
                {
                    "station_id": site.id,
                    "name": site.english,
                    "lat": site.position[0],
                    "lon": site.position[1],
                    "capacity": site.racks,
                }
                for site in self._town.sites
            ]
        }

    def _status(self) -> dict[str, Any]:
        now = int(self._town.now.timestamp())
        return {
            "stations": [
                {
                    "station_id": site.id,
                    "num_bikes_available": bikes,
                    "num_docks_available": site.racks - bikes,
                    "is_installed": True,
                    "is_renting": True,
                    "is_returning": True,
                    "last_reported": now,
                }
                for site, bikes in zip(self._town.sites, self._town.bikes, strict=True)
            ]
        }


class _FeedRequest(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    feed: FeedServer

    def do_GET(self) -> None:
        self.feed.answer(self)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


def _send(request: BaseHTTPRequestHandler, body: bytes) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
