"""What reaches a Sentry server on the loopback, and what does not."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli  # type: ignore[import-untyped]
import orjson
import pytest
import structlog
from fastapi import Request
from pydantic import SecretStr

from pedalcast.app import create_app
from pedalcast.kit import logging
from pedalcast.kit.error_reporting import reporting
from pedalcast.settings import Settings
from tests.pedalcast.conftest import running

CANARIES = ("canary-token", "canary-cookie", "canary-query", "canary-body", "canary-local", "canary-message")


class IngestServer(ThreadingHTTPServer):
    """Receives envelopes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Ingest)
        self.envelopes: list[str] = []

    @property
    def dsn(self) -> str:
        return f"http://public@127.0.0.1:{self.server_port}/1"


class _Ingest(BaseHTTPRequestHandler):
    server: IngestServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        coding = self.headers.get("Content-Encoding")
        body = gzip.decompress(body) if coding == "gzip" else brotli.decompress(body) if coding == "br" else body
        self.server.envelopes.append(body.decode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nothing to the terminal."""


@pytest.fixture
def sentry() -> Iterator[IngestServer]:
    with IngestServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    logging.configure()
    yield
    logging.flush()


def fail(log: Any) -> None:
    """Log an exception, with a field that must stay here."""
    try:
        int(CANARIES[5])
    except ValueError:
        log.exception("work failed", question="canary-body")


def test_an_error_of_a_request_is_reported_without_anything_of_the_request(
    settings: Settings, sentry: IngestServer
) -> None:
    app = create_app(settings.model_copy(update={"sentry_dsn": SecretStr(sentry.dsn)}))

    @app.post("/broken")
    async def broken(request: Request) -> None:
        secrets = CANARIES[4] + (await request.body()).decode()
        raise RuntimeError(CANARIES[5] + secrets)

    with running(app) as client:
        headers = {"Authorization": "Bearer canary-token", "Cookie": "session=canary-cookie"}
        response = client.post("/broken?email=canary-query", content=b"canary-body", headers=headers)
        assert response.status_code == 500
    assert len(sentry.envelopes) >= 1
    (event, *_) = [orjson.loads(line) for line in sentry.envelopes[0].splitlines() if '"exception"' in line]
    failed = event["exception"]["values"][-1]
    assert failed["type"] == "RuntimeError"
    assert failed["stacktrace"]["frames"][-1]["function"] == "broken"
    assert event["environment"] == "development"
    for envelope in sentry.envelopes:
        for canary in CANARIES:
            assert canary not in envelope, canary
        for part in ('"request"', '"user"', '"breadcrumbs"', '"vars"', "127.0.0.1"):
            assert part not in envelope, part


def test_logged_errors_are_reported_and_mere_lines_are_not(sentry: IngestServer) -> None:
    log = structlog.get_logger("pedalcast.somewhere")
    with reporting(sentry.dsn, environment="production", release="1"):
        log.error("something went wrong", question="canary-body")
        fail(log)
    (envelope,) = sentry.envelopes
    assert '"work failed"' in envelope
    assert "ValueError" in envelope
    assert "canary-body" not in envelope


def test_without_an_address_nothing_is_sent(sentry: IngestServer) -> None:
    with reporting(None, environment="production", release="1"):
        fail(structlog.get_logger("pedalcast.somewhere"))
    assert sentry.envelopes == []
