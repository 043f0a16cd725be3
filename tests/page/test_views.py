"""axe finds no serious fault on any view, in either theme, and nothing is cut off at 360 px.

It runs after the other modules: what they leave in the service (a trained model, posts, reports) is looked at too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from pedalcast.page.built_page import BUILT_HERE
from tests.page.conftest import OpenPage, Service, serious_faults
from tests.page.views import OPERATOR, STRANGER, Rows, View, open_as_operator, operator_views, show, write_rows

pytestmark = pytest.mark.timeout(900)  # each looks at every view, the first one starts the service too
SOURCES = BUILT_HERE.parent / "src"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NARROWEST = 360  # CSS pixels


def test_the_views_looked_at_are_those_of_the_page() -> None:
    routes = re.findall(r'<Route(?: path="([^"]+)")?>', (SOURCES / "App.tsx").read_text())
    assert sorted(routes) == sorted(OPERATOR)
    desk = re.search(r"const PARTS = \{(.+)\}", (SOURCES / "operations" / "OperationsView.tsx").read_text())
    assert desk is not None
    desks = {f"/operations/{name}" for name in re.findall(r"(\w+):", desk[1])}
    assert desks == {view.path for view in OPERATOR["/operations/:part?"]} - {"/operations"}
    tabs = re.search(r"const PARTS = \[(.+)\]", (SOURCES / "bots" / "BotView.tsx").read_text())
    assert tabs is not None
    assert len(OPERATOR["/bots/:id"]) == len(tabs[1].split(",")), "a part of a bot's page is not looked at"


@pytest.fixture(scope="module")
def rows(service: Service) -> Rows:
    return write_rows(service)


def _faults(page: Page, views: Iterable[View]) -> dict[str, list[str]]:
    faults = {}
    for view in views:
        show(page, view)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            if view_faults := serious_faults(page):
                faults[f"{view.path} ({theme})"] = view_faults
    return faults


def _cut_off(page: Page, views: Iterable[View]) -> list[str]:
    cut_off = []
    for view in views:
        show(page, view)
        if page.evaluate("document.documentElement.scrollWidth") > NARROWEST:
            cut_off.append(view.path)
    return cut_off


class TestSeriousFaults:
    def test_are_on_no_view_of_the_operator(self, open_page: OpenPage, rows: Rows) -> None:
        assert _faults(open_as_operator(open_page, rows), operator_views(rows)) == {}

    def test_are_on_no_view_of_a_stranger(self, open_page: OpenPage) -> None:
        assert _faults(open_page("/"), STRANGER) == {}

    def test_are_not_where_a_source_or_a_report_is_opened(self, open_page: OpenPage, rows: Rows) -> None:
        page = open_as_operator(open_page, rows)
        show(page, View("chat", f"/ask/{rows.session}", ".answer .chip"))
        page.locator(".chip").first.click()
        expect(page.locator(".source mark").first).to_be_visible()
        assert serious_faults(page) == []
        show(page, View("station", "/stations/SIM-3", ".chance"))
        page.get_by_role("button", name="Report a problem").click()
        assert serious_faults(page) == []


class TestTheNarrowestPhone:
    def test_scrolls_no_view_of_the_operator_sideways(self, open_page: OpenPage, rows: Rows) -> None:
        page = open_as_operator(open_page, rows, width=NARROWEST)
        assert _cut_off(page, operator_views(rows)) == []

    def test_scrolls_no_view_of_a_stranger_sideways(self, open_page: OpenPage) -> None:
        assert _cut_off(open_page("/", width=NARROWEST), STRANGER) == []
