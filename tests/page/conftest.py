"""The built page in Debian's Chromium, on a running service: real API, Redis, database and simulated city."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pedalcast.page.built_page import BUILT_HERE
from pedalcast.settings import Settings
from tests.missing import missing

START_S = 400
PATIENCE_MS = 150_000  # for what the page shows sooner or later
AXE = BUILT_HERE.parent / "node_modules" / "axe-core" / "axe.min.js"
expect.set_options(timeout=PATIENCE_MS)
CITY = ("--city-stations", "60", "--city-days", "1.2", "--no-train")
ADMIN_TOKEN = secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Service:
    """A running service: its address, and the operator's one-time link."""

    url: str
    operator_link: str
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One for all tests; a module may override it with a city of its own."""
    with running_service(tmp_path_factory.mktemp("page"), CITY) as service:
        yield service


@contextmanager
def running_service(folder: Path, city: tuple[str, ...], **settings: str) -> Iterator[Service]:
    """A `python -m pedalcast run` with the chat, which serves the built page; `city` holds the options of its city,
    `settings` what else its environment says."""
    if not (BUILT_HERE / "index.html").is_file():
        missing("the built page (`make page`)")
    names = {name.upper() for name in Settings.model_fields}
    outside = {name: value for name, value in os.environ.items() if name not in names}
    environment = outside | {"PORT": "0", "ADMIN_TOKEN": ADMIN_TOKEN} | settings
    output = folder / "output.txt"
    command = [sys.executable, "-m", "pedalcast", "run", *city]
    with output.open("wb") as stream:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=stream, stderr=stream)
    try:
        link = _wait_for(output, process, r"Sign in as its admin, once, within 30 minutes: (http\S+)")
        url = _wait_for(output, process, r"Pedalcast is at (http://[\d.:]+)")
        _wait_until_ready(url)
        yield Service(url, link, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(180)


def _wait_for(output: Path, process: subprocess.Popen[bytes], pattern: str) -> str:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if match := re.search(pattern, output.read_text()):
            return match.group(1)
        assert process.poll() is None, f"the run ended: {output.read_text()}"
        time.sleep(0.1)
    raise AssertionError(f"the run did not say {pattern!r}: {output.read_text()}")


def _wait_until_ready(url: str) -> None:
    until = time.monotonic() + START_S
    while httpx.get(f"{url}/ready", timeout=30).status_code != 200:
        assert time.monotonic() < until, "the service did not become ready"
        time.sleep(0.2)


@pytest.fixture
def open_chat(service: Service) -> None:
    """Wait until the chat answers: the help is indexed after the service is ready."""
    until = time.monotonic() + START_S
    while httpx.post(f"{service.url}/api/v1/chat", json={"question": "Hello"}, timeout=60).status_code != 200:
        assert time.monotonic() < until, "the chat did not open"
        time.sleep(1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window.

    It ends with the module: until then the thread has a running event loop, in which no other test can start one.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, service: Service) -> Iterator[OpenPage]:
    """Open a path in a browser of its own; the test fails on a script's error, a refusal by the Content-Security-Policy
    and a request that leaves the service."""
    contexts = []
    faults: list[str] = []

    def begin(
        path: str = "/", *, width: int = 1280, theme: str = "light", locale: str = "en-US", **options: Any
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme="dark" if theme == "dark" else "light",
            locale=locale, service_workers=options.pop("service_workers", "block"), **options,
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
        page.on("request", lambda request: None if _is_own(request.url, service) else faults.append(request.url))
        page.goto(service.url + path)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert faults == []


def _is_own(url: str, service: Service) -> bool:
    return url.startswith((service.url, "data:", "blob:"))


def serious_faults(page: Page) -> list[str]:
    """What axe calls serious or critical on the page, as `rule: element`."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })")
    return [
        f"{fault['id']}: {json.dumps(node['target'])}"
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]
