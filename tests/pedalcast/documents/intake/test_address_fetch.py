"""Documents by their addresses: from public hosts alone, whatever a redirect or a name says."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from collector.transport.addresses import AddressPolicy, Reach
from pedalcast.documents.errors import DocumentAddressError
from pedalcast.documents.intake.address_fetch import AddressFetcher
from pedalcast.documents.lifespan import FETCHES, FETCHES_WAITING
from pedalcast.settings import Settings
from tests.pedalcast.documents.document_service import document_service
from tests.pedalcast.people_service import bearer

THREADS = (os.cpu_count() or 1) + 4  # of `asyncio.to_thread`


class Host(BaseHTTPRequestHandler):
    """A file, redirects, and an error."""

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        to = {"/away": "/guide.md", "/loop": "/loop", "/metadata": "http://169.254.169.254/latest/meta-data/",
              "/inside": f"http://localhost:{port}/guide.md", "/file": "file:///etc/passwd"}  # fmt: skip
        self.send_response(302 if self.path in to else 200 if self.path == "/guide.md" else 404)
        if self.path in to:
            self.send_header("Location", to[self.path])
        self.end_headers()
        if self.path == "/guide.md":
            self.wfile.write(b"# Guide\n\nThe tandem has two bells.\n")

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def _one_public_host() -> AddressPolicy:
    """127.0.0.1 plays a public host; every other address is judged as it is."""
    return AddressPolicy("", reach=lambda a: Reach.PUBLIC if str(a) == "127.0.0.1" else Reach.LINK_LOCAL)


def test_the_file_at_the_end_of_a_redirect(host: str, tmp_path: Path) -> None:
    file = AddressFetcher(1000, _one_public_host).fetch(f"{host}/away", tmp_path, 30.0)
    assert (file.name, file.path.read_bytes()[:7], file.size) == ("guide.md", b"# Guide", 35)


@pytest.mark.parametrize(
    ("path", "code"),
    [("/metadata", "address_refused"), ("/loop", "redirects"), ("/none", "address_status"), ("/file", "bad_address")],
)
def test_what_is_not_fetched(host: str, tmp_path: Path, path: str, code: str) -> None:
    with pytest.raises(DocumentAddressError) as caught:
        AddressFetcher(1000, _one_public_host).fetch(host + path, tmp_path, 30.0)
    assert caught.value.code == code


def test_more_than_may_be(host: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentAddressError, match="too large"):
        AddressFetcher(20, _one_public_host).fetch(f"{host}/guide.md", tmp_path, 30.0)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "http://192.168.1.1/",
     "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://0/",
     "http://0x7f.1/", "http://[fd00:ec2::254]/", "http://100.64.0.1/", "http://224.0.0.1/"],
)  # fmt: skip
def test_no_private_address_is_asked(url: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentAddressError) as caught:
        AddressFetcher(1000).fetch(url, tmp_path, 10.0)
    assert caught.value.code in {"address_refused", "address_unreachable"}


@pytest.mark.parametrize("url", ["ftp://example.org/x", "file:///etc/passwd", "no address", "http://u:p@example.org/"])
def test_only_plain_web_addresses(url: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentAddressError) as caught:
        AddressFetcher(1000).fetch(url, tmp_path, 10.0)
    assert caught.value.code == "bad_address"


@pytest.mark.parametrize("allowed", [True, False])
def test_only_where_a_setting_allows_it(
    document_settings: Settings, start_service: Callable[..., Any], models: Path, host: str, allowed: bool
) -> None:
    settings = document_settings.model_copy(update={"document_addresses": allowed, "document_worker": False})
    with document_service(settings, start_service, models) as documents:
        response = documents.service.client.post(
            "/api/v1/documents/addresses/", params={"bot_id": documents.bot_id},
            json={"urls": [f"{host}/guide.md", "http://169.254.169.254/"]}, headers=bearer(documents.token),
        )  # fmt: skip
        assert response.status_code == (202 if allowed else 403)
        if allowed:
            assert [fetched["error"]["code"] for fetched in response.json()["data"]] == ["address_refused"] * 2
        assert documents.call("GET", bot_id=documents.bot_id).json()["data"] == []


def test_hosts_that_do_not_answer_hold_up_nothing_else(
    document_settings: Settings,
    start_service: Callable[..., Any],
    models: Path,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    answered, holding = threading.Event(), threading.Semaphore(0)

    def hold(*_: Any) -> None:
        holding.release()
        answered.wait(120)
        raise DocumentAddressError("address_timeout", "The host did not answer in time.")

    monkeypatch.setattr(AddressFetcher, "fetch", hold)
    settings = document_settings.model_copy(update={"document_addresses": True, "document_worker": False})
    at_once = FETCHES + FETCHES_WAITING + THREADS
    with document_service(settings, start_service, models) as documents, ThreadPoolExecutor(at_once + 1) as pool:

        def fetch(_: int) -> str:
            response = documents.service.client.post(
                "/api/v1/documents/addresses/", params={"bot_id": documents.bot_id},
                json={"urls": ["http://slow.example/"]}, headers=bearer(documents.token), timeout=120,
            )  # fmt: skip
            return str(response.json()["data"][0]["error"]["code"])

        try:
            fetches = [pool.submit(fetch, n) for n in range(at_once)]
            for _ in range(FETCHES):
                assert holding.acquire(timeout=60)
            assert not holding.acquire(timeout=0.5)
            assert pool.submit(documents.upload, "bells.md", b"# Bells").result(30).status_code == 202
            eventually(lambda: sum(fetch.done() for fetch in fetches) == THREADS)  # those refused: all have come in
        finally:
            answered.set()
        codes = [fetch.result(60) for fetch in fetches]
    assert (codes.count("busy"), codes.count("address_timeout")) == (THREADS, FETCHES + FETCHES_WAITING)
