"""The reverse proxy in front of a running service: what it must leave as it is, and what it must say itself."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from bench.support.servers import free_port, redis_server, service, wait_until

from pedalcast.page.security_headers import security_headers
from tests.infra.nginx_server import nginx, upstream_servers
from tests.infra.polled_city import PolledCity, answers, polled_city

ALL = "/api/v1/predict/stations"
INDEX = "<!doctype html><title>Pedalcast</title>" + "<p>bike</p>" * 500
PLAIN = ("templates/shared.conf.template", "templates/http.conf.template")


@dataclass(frozen=True)
class Proxied:
    """A service and the proxy in front of it, by address, and the city that is polled."""

    direct: str
    proxy: str
    city: PolledCity


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nginx-") as path:
        Path(path).chmod(0o755)
        page = Path(path) / "page"
        (page / "assets").mkdir(parents=True)
        (page / "index.html").write_text(INDEX)
        (page / "assets" / "worker-1a2b.mjs").write_text("export default 1\n" * 200)
        yield Path(path)


@pytest.fixture(scope="module")
def proxied(folder: Path) -> Iterator[Proxied]:
    with ExitStack() as stack:
        redis_url = stack.enter_context(redis_server())
        city = stack.enter_context(polled_city(redis_url))
        port = stack.enter_context(service(redis_url, folder / "data", CHAT="false", RETRAIN_EVERY="PT0S"))
        direct = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(direct + ALL), 120)
        settings = {"UPSTREAM_SERVERS": upstream_servers(port), "PAGE_DIR": f"{folder}/page"}
        settings["HTTP_PORT"] = str(free_port())
        yield Proxied(direct, stack.enter_context(nginx(folder / "front", *PLAIN, settings=settings)), city)


class TestBodies:
    @pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
    def test_are_passed_through_as_the_service_made_them(self, proxied: Proxied, coding: str) -> None:
        raw = []
        for base in (proxied.direct, proxied.proxy):
            with httpx.stream("GET", base + ALL, headers={"Accept-Encoding": coding}) as answer:
                raw.append(
                    (answer.headers.get("content-encoding"), answer.headers["etag"], b"".join(answer.iter_raw()))
                )
        assert raw[0] == raw[1]
        assert raw[1][0] == (None if coding == "identity" else coding)

    def test_known_ones_are_not_sent_again(self, proxied: Proxied) -> None:
        def asked_again() -> httpx.Response:
            tag = httpx.get(proxied.proxy + ALL).headers["etag"]
            return httpx.get(proxied.proxy + ALL, headers={"If-None-Match": tag})

        wait_until(lambda: asked_again().status_code == 304, 60)  # a new run may come in between

    def test_of_routed_requests_are_compressed_once(self, proxied: Proxied) -> None:
        path = "/api/v1/realtime/stations?limit=100"
        with httpx.stream("GET", proxied.proxy + path, headers={"Accept-Encoding": "gzip"}) as answer:
            body = b"".join(answer.iter_raw())
        assert gzip.decompress(body) == httpx.get(proxied.direct + path).content


class TestStreams:
    def test_events_arrive_when_they_happen_though_answers_are_compressed(self, proxied: Proxied) -> None:
        headers = {"Accept-Encoding": "gzip", "Accept": "text/event-stream"}
        with httpx.stream("GET", f"{proxied.proxy}/api/v1/events", headers=headers, timeout=60) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in answer.headers
            lines = answer.iter_lines()
            assert next(lines).startswith(":")  # the first byte comes without an event
            published = proxied.city.publish()
            wanted = f'"observed_at":"{published.observed_at:%Y-%m-%dT%H:%M:%SZ}"'
            assert any(wanted in line for line in lines)  # the time-out of the request bounds it


class TestLimits:
    def test_an_upload_that_is_too_large_is_refused_in_the_shape_of_all_errors(self, proxied: Proxied) -> None:
        headers = {"Content-Length": str(65 << 20), "Content-Type": "application/json"}
        answer = _head_of_post(proxied.proxy, "/api/v1/chat", headers)
        assert answer.startswith("HTTP/1.1 413")
        assert "application/problem+json" in answer
        assert '"error":"too_large"' in answer
        assert "larger than 64 MiB" in answer

    def test_the_service_refuses_by_its_own_limits(self, proxied: Proxied) -> None:
        answer = httpx.post(f"{proxied.proxy}/api/v1/chat", content=b"x" * (300 << 10))
        assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
        assert (
            answer.json()["message"]
            == httpx.post(f"{proxied.direct}/api/v1/chat", content=b"x" * (300 << 10)).json()["message"]
        )

    def test_errors_have_the_members_of_the_services(self, proxied: Proxied) -> None:
        ours = httpx.get(f"{proxied.proxy}/metrics")
        theirs = httpx.get(f"{proxied.proxy}/api/v1/nothing")
        assert ours.status_code == theirs.status_code == 404
        assert list(ours.json()) == list(theirs.json())
        assert ours.headers["content-type"] == theirs.headers["content-type"]

    def test_a_service_that_is_away_is_said_so(self, folder: Path) -> None:
        settings = {"UPSTREAM_SERVERS": upstream_servers(free_port()), "PAGE_DIR": f"{folder}/page"}
        settings["HTTP_PORT"] = str(free_port())
        with nginx(folder / "alone", *PLAIN, settings=settings) as url:
            answer = httpx.get(f"{url}/api/v1/notices")
            assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
            assert httpx.get(url).text == INDEX


class TestPage:
    def test_has_the_headers_that_the_service_gives_it(self, proxied: Proxied) -> None:
        answer = httpx.get(proxied.proxy)
        assert answer.text == INDEX
        for name, value in security_headers():
            assert answer.headers.get_list(name.decode()) == [value.decode()]
        assert answer.headers["cache-control"] == "no-cache"

    def test_hashed_files_are_kept_for_good_and_modules_are_scripts(self, proxied: Proxied) -> None:
        answer = httpx.get(f"{proxied.proxy}/assets/worker-1a2b.mjs")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["content-encoding"] == "gzip"

    def test_a_view_opened_by_a_browser_is_the_page(self, proxied: Proxied) -> None:
        browser = httpx.get(f"{proxied.proxy}/stations/ST-4", headers={"Accept": "text/html,*/*"})
        program = httpx.get(f"{proxied.proxy}/stations/ST-4", headers={"Accept": "application/json"})
        assert (browser.status_code, browser.text) == (200, INDEX)
        assert program.json()["error"] == "not_found"

    @pytest.mark.parametrize("path", ["/docs", "/gbfs/3.0/gbfs.json", "/health", "/api/v1/realtime/stations/ST-1"])
    def test_what_is_the_services_comes_with_its_own_headers(self, proxied: Proxied, path: str) -> None:
        headers = {"Accept": "text/html,*/*", "Accept-Encoding": "identity"}
        direct, proxy = (httpx.get(base + path, headers=headers) for base in (proxied.direct, proxied.proxy))
        as_asked = direct.content.replace(proxied.direct.encode(), proxied.proxy.encode())  # GBFS names its own files
        assert (proxy.status_code, proxy.content) == (200, as_asked)
        for name in ("content-security-policy", "cache-control", "x-content-type-options", "content-type"):
            assert proxy.headers.get_list(name) == direct.headers.get_list(name)


def test_every_path_of_the_service_is_the_services_where_a_browser_asks(proxied: Proxied) -> None:
    paths = httpx.get(f"{proxied.direct}/openapi.json").json()["paths"]
    firsts = sorted({path.split("/")[1] for path in paths})
    assert firsts
    for first in firsts:
        answer = httpx.get(f"{proxied.proxy}/{first}/nothing-of-that-name", headers={"Accept": "text/html"})
        assert answer.text != INDEX, first


def test_https_is_asked_for_and_kept_to(folder: Path) -> None:
    (folder / "keys").mkdir()
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    subprocess.run([*certificate, *names], cwd=folder / "keys", check=True, capture_output=True)
    secure = free_port()
    settings = {"UPSTREAM_SERVERS": upstream_servers(free_port()), "PAGE_DIR": f"{folder}/page"}
    settings |= {"HTTP_PORT": str(free_port()), "HTTPS_PORT": str(secure), "SERVER_NAME": "localhost"}
    settings |= {"WEBROOT": str(folder), "CERTIFICATES": str(folder / "keys")}
    templates = ("templates/shared.conf.template", "https/https.conf.template")
    trusted = ssl.create_default_context(cafile=folder / "keys" / "fullchain.pem")
    with nginx(folder / "secure", *templates, settings=settings) as url, httpx.Client(verify=trusted) as client:
        sent_on = client.get(f"{url}/stations/ST-4?at=1")
        assert (sent_on.status_code, sent_on.headers["location"]) == (301, "https://127.0.0.1/stations/ST-4?at=1")
        for path, status in (("/", 200), ("/api/v1/notices", 503), ("/metrics", 404)):
            answer = client.get(f"https://localhost:{secure}{path}")
            assert (answer.status_code, answer.headers["strict-transport-security"]) == (status, "max-age=63072000")


def _head_of_post(base: str, path: str, headers: dict[str, str]) -> str:
    """What a server answers to a request whose body never comes."""
    host, port = base.removeprefix("http://").split(":")
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with socket.create_connection((host, int(port)), 30) as connection:
        connection.sendall("\r\n".join(lines).encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
