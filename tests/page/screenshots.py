"""Pictures of every view, phone and desktop, light and dark, Korean and English: `make screenshots`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.page.conftest import OpenPage, Service
from tests.page.views import QUESTIONS, STRANGER, Rows, open_as_operator, operator_views, show, write_rows

pytestmark = pytest.mark.timeout(3600)
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "screenshots"
KEPT = ROOT / "docs" / "screenshots"  # those that are committed, small
QUALITY = 60  # of WebP
LOOKS = list(itertools.product(QUESTIONS, ["light", "dark"], {"phone": 390, "desktop": 1280}.items()))
DRAWN_MS = 2500  # for the map, whose frames no element tells of


def _picture(page: Page, name: str) -> None:
    """A picture in `screenshots/`; where one of its name is committed, that one anew too."""
    page.wait_for_timeout(DRAWN_MS if page.locator("canvas.maplibregl-canvas").count() else 400)
    picture = FOLDER / f"{name}.png"
    page.screenshot(path=picture)
    kept = KEPT / f"{name}.webp"
    if kept.exists():
        Image.open(picture).convert("RGB").save(kept, quality=QUALITY, method=6)


def _looks(page: Page) -> Iterator[str]:
    """Give the page each look in turn, from its start; the end of the pictures' names."""
    origin = page.url.split("/", 3)[:3]
    for language, theme, (device, width) in LOOKS:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/".join(origin) + f"/?lang={language}")
        expect(page.locator(".station-row").first).to_be_visible()
        yield f"{device}-{theme}-{language}"


@pytest.fixture(scope="module")
def rows(service: Service) -> Rows:
    FOLDER.mkdir(exist_ok=True)
    return write_rows(service)


def test_every_view_of_a_member_who_is_the_operator(open_page: OpenPage, rows: Rows) -> None:
    page = open_as_operator(open_page, rows)
    for look in _looks(page):
        for view in operator_views(rows):
            show(page, view)
            _picture(page, f"{view.name}-{look}")


def test_every_view_of_a_stranger(open_page: OpenPage, rows: Rows) -> None:
    page = open_page("/")
    for look in _looks(page):
        for view in STRANGER:
            show(page, view)
            _picture(page, f"{view.name}-{look}")


def test_an_answer_with_its_source_opened(open_page: OpenPage, rows: Rows) -> None:
    for language, question in QUESTIONS.items():
        page = open_page(f"/ask?lang={language}", locale="ko-KR" if language == "ko" else "en-US")
        page.get_by_role("textbox").fill(question)
        page.get_by_role("textbox").press("Enter")
        page.locator(".chip").first.click()
        expect(page.locator(".source mark").first).to_be_visible()
        for _, theme, (device, width) in LOOKS[: len(LOOKS) // 2]:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
            page.set_viewport_size({"width": width, "height": 844})
            _picture(page, f"answer-{device}-{theme}-{language}")
