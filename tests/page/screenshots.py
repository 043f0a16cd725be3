"""Pictures of every view, phone and desktop, light and dark, Korean and English: `make screenshots`."""

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.page.conftest import OpenPage

FOLDER = Path(__file__).parents[2] / "screenshots"
VIEWS = {
    "map": ("/", ".station-row"),
    "ahead": ("/?t=30&want=dock", ".station-row"),
    "station": ("/stations/SIM-3", ".plot canvas"),
    "going": ("/going?to=SIM-3", ".verdict"),
    "ask": ("/ask", ".suggestions"),
    "board": ("/board", "h1"),
    "account": ("/account", "form"),
    "alerts": ("/alerts", "form"),
}
LANGUAGES = {"ko": "ko-KR", "en": "en-US"}
WIDTHS = {"phone": 390, "desktop": 1280}
DRAWN_MS = 4000  # for the map, whose frames no element tells of


@pytest.mark.parametrize(("language", "theme", "device"), list(itertools.product(LANGUAGES, ["light", "dark"], WIDTHS)))
def test_every_view_is_pictured(open_page: OpenPage, language: str, theme: str, device: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    page = open_page("/", width=WIDTHS[device], theme=theme, locale=LANGUAGES[language])
    origin = page.url.rstrip("/")
    for name, (path, landmark) in VIEWS.items():
        page.goto(origin + path)
        expect(page.locator(landmark).first).to_be_visible()
        page.wait_for_timeout(DRAWN_MS if page.locator(".map-view").count() else 300)
        page.screenshot(path=FOLDER / f"{name}-{device}-{theme}-{language}.png")
