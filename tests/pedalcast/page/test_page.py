"""The page and `/docs`, asked for over a socket."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import brotli
import httpx
import pytest
from fastapi import FastAPI

from pedalcast.app import create_app
from pedalcast.page.base_map import base_map, origin_of
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve

Start = Callable[[FastAPI], AbstractContextManager[httpx.Client]]
INDEX = '<!doctype html><script type="module" src="/assets/index-D3adB33f.js"></script>'
SCRIPT = "console.log('a bike');\n" * 100
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def built(folder: Path) -> Path:
    """A folder as Vite writes it."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "index-D3adB33f.js").write_text(SCRIPT)
    (folder / "assets" / "worker-D3adB33f.mjs").write_text("self.onmessage = null;")
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / "sw.js").write_text("self.skipWaiting();")
    return folder


@pytest.fixture(scope="module")
def page(redis_url: str, tmp_path_factory: pytest.TempPathFactory, start_service: Start) -> Iterator[httpx.Client]:
    """A service with a built page, and a tile server by setting."""
    folder = built(tmp_path_factory.mktemp("dist") / "dist")
    settings = Settings(
        _env_file=None,
        redis_url=redis_url,
        data_dir=tmp_path_factory.mktemp("data"),
        chat=False,
        page_dir=folder,
        page_origins="https://tiles.example",
        page_map="https://maps.example:8443/{z}/{x}/{y}.png?key=k",
        page_map_attribution="Map makers",
    )
    with start_service(create_app(settings)) as client:
        yield client


class TestBaseMap:
    def test_the_page_is_told_of_it_and_may_load_it(self, page: httpx.Client) -> None:
        assert page.get("/api/v1/page").json()["base_map"] == {
            "kind": "raster",
            "url": "https://maps.example:8443/{z}/{x}/{y}.png?key=k",
            "attribution": "Map makers",
        }
        policy = page.get("/", headers=HTML).headers["content-security-policy"].split("; ")
        sources = "https://tiles.example https://maps.example:8443"
        assert f"img-src 'self' data: blob: {sources}" in policy
        assert f"connect-src 'self' {sources}" in policy

    def test_an_archive_is_told_by_its_name(self) -> None:
        archive = base_map("/maps/seoul.pmtiles?v=2", "")
        assert archive is not None
        assert archive.kind == "pmtiles"
        assert origin_of(archive.url) is None
        assert base_map("", "") is None


class TestSignIn:
    def test_the_page_is_told_that_google_signs_nobody_in(self, page: httpx.Client) -> None:
        assert page.get("/api/v1/page").json()["google_sign_in"] is False


class TestBuiltPage:
    def test_the_index_is_asked_for_again_each_time(self, page: httpx.Client) -> None:
        answer = page.get("/", headers=HTML)
        assert answer.text == INDEX
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        again = page.get("/?view=map", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        assert "default-src 'self'" in again.headers["content-security-policy"]

    def test_hashed_files_are_kept_for_good_and_compressed(self, page: httpx.Client) -> None:
        with page.stream("GET", "/assets/index-D3adB33f.js", headers={"Accept-Encoding": "gzip, br"}) as answer:
            assert answer.headers["content-encoding"] == "br"
            assert brotli.decompress(b"".join(answer.iter_raw())).decode() == SCRIPT
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"

    @pytest.mark.parametrize(
        ("path", "media_type"),
        [
            ("/assets/worker-D3adB33f.mjs", "text/javascript; charset=utf-8"),
            ("/manifest.webmanifest", "application/manifest+json"),
            ("/sw.js", "text/javascript; charset=utf-8"),
        ],
    )
    def test_browsers_are_told_what_a_file_is(self, page: httpx.Client, path: str, media_type: str) -> None:
        answer = page.get(path)
        assert answer.headers["content-type"] == media_type
        assert answer.headers["x-content-type-options"] == "nosniff"

    def test_a_worker_is_never_kept_for_good(self, page: httpx.Client) -> None:
        assert page.get("/sw.js").headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("path", ["/stations/ST-4", "/going", "/chat/12"])
    def test_a_view_opens_the_index(self, page: httpx.Client, path: str) -> None:
        assert page.get(path, headers=HTML).text == INDEX
        assert page.get(path).status_code == 404  # programs are told that there is nothing

    @pytest.mark.parametrize("path", ["/api/v1/nothing", "/ai/nothing", "/gbfs/9.9/gbfs.json", "/docs/nothing"])
    def test_what_the_api_lacks_stays_an_error(self, page: httpx.Client, path: str) -> None:
        answer = page.get(path, headers=HTML)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize(
        "path", ["/assets/gone-0.js", "/assets/../../secret.txt", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/x.json"]
    )
    def test_nothing_outside_the_build_is_served(self, page: httpx.Client, path: str) -> None:
        assert page.get(path).status_code == 404

    def test_only_reading_is_answered(self, page: httpx.Client) -> None:
        assert page.post("/").status_code in (404, 405)
        head = page.head("/", headers=HTML)
        assert head.status_code == 200
        assert int(head.headers["content-length"]) == len(INDEX)
        assert head.content == b""

    def test_no_other_host_but_the_tiles_is_admitted(self, page: httpx.Client) -> None:
        policy = page.get("/").headers["content-security-policy"]
        assert "unsafe" not in policy
        directives = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
        assert directives["connect-src"] == ["'self'", "https://tiles.example", "https://maps.example:8443"]
        assert directives["script-src"] == ["'self'"]
        assert "https://tiles.example" in directives["img-src"]

    def test_the_api_answers_beside_it(self, page: httpx.Client) -> None:
        assert page.get("/health", headers=HTML).json()["status"] == "healthy"


class TestWithoutABuild:
    def test_says_how_to_build_it_and_loads_nothing(self, settings: Settings, serve: Serve, tmp_path: Path) -> None:
        client = serve(create_app(settings.model_copy(update={"page_dir": tmp_path})))
        answer = client.get("/", headers=HTML)
        assert answer.status_code == 200
        assert "make page" in answer.text
        assert "화면" in answer.text
        assert not re.findall(r"(?:src|action)=|<script|<link", answer.text)
        assert "sha256-" in answer.headers["content-security-policy"]
        assert client.get("/stations/ST-4", headers=HTML).status_code == 404


class TestApiDocs:
    def test_every_file_comes_from_here(self, page: httpx.Client) -> None:
        html = page.get("/docs", headers=HTML)
        links = re.findall(r'(?:src|href)="([^"]+)"', html.text)
        assert len(links) == 4
        for link in links:
            assert link.startswith("/docs/")
            assert page.get(link).status_code == 200
        assert re.search(r"<script(?! src=)", html.text) is None
        assert "'unsafe" not in html.headers["content-security-policy"]

    def test_describes_this_api(self, page: httpx.Client) -> None:
        assert '"/openapi.json"' in page.get("/docs/start.js").text
        assert page.get("/openapi.json").json()["info"]["title"] == "Pedalcast"

    def test_nothing_is_loaded_from_other_hosts_at_redoc(self, page: httpx.Client) -> None:
        assert page.get("/redoc").status_code == 404
