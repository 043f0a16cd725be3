"""axe finds no serious fault on any view, in either theme; nothing is cut off at 360 px."""

import pytest
from playwright.sync_api import expect

from tests.page.conftest import OpenPage, serious_faults

VIEWS = {
    "/": ".station-row",
    "/stations/SIM-3": ".chance",
    "/going?to=SIM-3": ".verdict",
    "/ask": ".suggestions",
    "/board": "h1",
    "/account": "form",
    "/alerts": "form",
    "/bots": "h1",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_view_has_a_serious_fault(open_page: OpenPage, theme: str) -> None:
    page = open_page("/", theme=theme)
    faults: dict[str, list[str]] = {}
    for path, landmark in VIEWS.items():
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
        expect(page.locator(landmark).first).to_be_visible()
        if view_faults := serious_faults(page):
            faults[path] = view_faults
    assert faults == {}


def test_the_narrowest_phone_scrolls_no_view_sideways(open_page: OpenPage) -> None:
    page = open_page("/", width=360)
    for path, landmark in VIEWS.items():
        page.goto("/".join(page.url.split("/")[:3]) + path)
        expect(page.locator(landmark).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
