"""The page in Chromium: what its first opening weighs, when it is painted on a slow phone, what a pan costs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.suites.page_reads import STATIONS, read_city
from bench.support import measure
from bench.support.measurement_report import Report, at_most

PAINT_ROUNDS = 5
SLOW_PHONE = 4  # times slower than this machine
PAN_STEPS = 120
MAP_FILES = ("StationMap", "maplibre")  # what the map's library comes in
EVERY_PIN = "/?pins=all&map=37.5400,126.9900,11.0"
VIEWPORT = {"width": 1280, "height": 844}
# Per animation frame: how long its callbacks ran. Set before the page's scripts.
FRAME_CLOCK = """
window.frameScript = []; window.longTasks = [];
let frame = 0, spent = 0;
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => request((at) => {
  const began = performance.now();
  if (at !== frame) { if (frame) window.frameScript.push(spent); frame = at; spent = 0; }
  callback(at);
  spent += performance.now() - began;
});
new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.longTasks.push(entry.duration)))
  .observe({ type: 'longtask' });
new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.largestPaint = entry.startTime)))
  .observe({ type: 'largest-contentful-paint', buffered: true });
"""


def run(report: Report) -> None:
    """Measure the page that `python -m pedalcast serve` serves, with every station drawn."""
    report.note(f"the page in a browser: {STATIONS:,} stations, the CPU {SLOW_PHONE} times slower for the paint")
    with read_city() as city, _chromium() as browser:
        url = f"http://127.0.0.1:{city.port}"
        _weight(report, browser, url)
        paints = [_largest_paint(browser, url) for _ in range(PAINT_ROUNDS)]
        report.add("page_largest_paint_s", measure.lower_quartile(paints), at_most(2))
        _pan(report, browser, url)


def _weight(report: Report, browser: Browser, url: str) -> None:
    """Bytes over the wire of the first opening, compressed; the map's library apart, data apart."""
    page = _open(browser)
    session = _session(page)
    bytes_by_path: dict[str, float] = {}
    paths: dict[str, str] = {}
    session.on("Network.responseReceived", lambda event: paths.update({event["requestId"]: event["response"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda event: bytes_by_path.update({paths.get(event["requestId"], ""): event["encodedDataLength"]}),
    )
    _wait_for_map(page, url)
    files = {path.removeprefix(url): size for path, size in bytes_by_path.items() if path.startswith(url)}
    own = {path: size for path, size in files.items() if not path.startswith(("/api/", "/ready"))}
    library = sum(size for path, size in own.items() if PurePosixPath(path).name.startswith(MAP_FILES))
    report.add("page_first_load_kb", (sum(own.values()) - library) / 1e3, at_most(350))
    report.add("page_map_library_kb", library / 1e3)
    report.add("page_first_data_kb", (sum(files.values()) - sum(own.values())) / 1e3)
    page.context.close()


def _largest_paint(browser: Browser, url: str) -> float:
    """Seconds until the largest thing of the first view is painted, of a first visit."""
    page = _open(browser, {"width": 390, "height": 844})
    _session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PHONE})
    page.goto(url)
    page.locator(".station-row").first.wait_for()
    page.wait_for_timeout(3000)  # nothing larger comes
    seconds: float = page.evaluate("window.largestPaint") / 1e3
    page.context.close()
    return seconds


def _pan(report: Report, browser: Browser, url: str) -> None:
    """Drag the map across the city and back, every station drawn by itself."""
    page = _open(browser)
    _wait_for_map(page, url + EVERY_PIN)
    page.evaluate("window.frameScript.length = 0; window.longTasks.length = 0")
    began: float = page.evaluate("performance.now()")
    page.mouse.move(900, 420)
    page.mouse.down()
    for step in range(PAN_STEPS):
        page.mouse.move(900 - 3 * step, 420 + (step % 40))
    seconds: float = (page.evaluate("performance.now()") - began) / 1e3
    scripts: list[float] = page.evaluate("window.frameScript")
    long_tasks: list[float] = page.evaluate("window.longTasks")
    page.mouse.up()
    report.add("page_pan_frames_per_second", len(scripts) / seconds)
    report.add("page_pan_script_p95_ms", float(np.quantile(scripts, 0.95)), at_most(16))
    report.add("page_pan_long_tasks", len(long_tasks))
    page.context.close()


def _wait_for_map(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".station-row").first.wait_for()
    page.locator("canvas.maplibregl-canvas").wait_for()
    page.wait_for_timeout(5000)  # pins and names are drawn


def _open(browser: Browser, viewport: dict[str, int] | None = None) -> Page:
    context = browser.new_context(viewport=viewport or VIEWPORT, service_workers="block")  # type: ignore[arg-type]
    context.add_init_script(FRAME_CLOCK)
    return context.new_page()


def _session(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("the page is measured in Chromium, which is not on this machine")
    options: dict[str, Any] = {"executable_path": path, "args": ["--no-sandbox"]}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()
