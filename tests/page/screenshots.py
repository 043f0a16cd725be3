"""Pictures of every view, phone and desktop, light and dark, Korean and English: `make screenshots`."""

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import OpenPage, Service

pytestmark = pytest.mark.timeout(1800)
FOLDER = Path(__file__).parents[2] / "screenshots"
VIEWS = {
    "map": ("/", ".station-row"),
    "ahead": ("/?t=30&want=dock", ".station-row"),
    "past": ("/?t=-120", ".station-row"),
    "station": ("/stations/SIM-3", ".plot canvas"),
    "going": ("/going?to=SIM-3", ".verdict"),
    "ask": ("/ask", ".suggestions"),
    "board": ("/board", "h1"),
    "account": ("/account", "form"),
    "alerts": ("/alerts", "form"),
}
OPERATOR_VIEWS = {
    "operations": ("/operations/now", ".station-row"),
    "quality": ("/operations/quality", ".plot canvas"),
    "moves": ("/operations/moves", "h2"),
    "models": ("/operations/models", ".card"),
    "jobs": ("/operations/jobs", "form"),
    "users": ("/operations/users", ".card"),
}
QUESTIONS = {"ko": "헬멧을 꼭 써야 하나요?", "en": "Do I have to wear a helmet?"}
LOOKS = list(itertools.product(QUESTIONS, ["light", "dark"], {"phone": 390, "desktop": 1280}.items()))
DRAWN_MS = 2500  # for the map, whose frames no element tells of


def _picture(page: Page, name: str) -> None:
    page.wait_for_timeout(DRAWN_MS if page.locator(".map-area").count() else 400)
    page.screenshot(path=FOLDER / f"{name}.png")


def _look(page: Page, theme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 844})


def test_every_view_of_a_rider_is_pictured(open_page: OpenPage) -> None:
    FOLDER.mkdir(exist_ok=True)
    page = open_page("/")
    origin = page.url.rstrip("/")
    for language, theme, (device, width) in LOOKS:
        _look(page, theme, width)
        for name, (path, landmark) in VIEWS.items():
            page.goto(f"{origin}{path}{'&' if '?' in path else '?'}lang={language}")
            expect(page.locator(landmark).first).to_be_visible()
            _picture(page, f"{name}-{device}-{theme}-{language}")


def test_an_answer_with_its_source_is_pictured(open_page: OpenPage, open_chat: None) -> None:
    FOLDER.mkdir(exist_ok=True)
    for language, question in QUESTIONS.items():
        page = open_page(f"/ask?lang={language}", locale="ko-KR" if language == "ko" else "en-US")
        page.get_by_role("textbox").fill(question)
        page.get_by_role("textbox").press("Enter")
        page.locator(".chip").first.click()
        expect(page.locator(".source mark").first).to_be_visible()
        for _, theme, (device, width) in LOOKS[: len(LOOKS) // 2]:
            _look(page, theme, width)
            _picture(page, f"answer-{device}-{theme}-{language}")


def test_every_view_of_the_operator_is_pictured(open_page: OpenPage, service: Service) -> None:
    FOLDER.mkdir(exist_ok=True)
    page = open_page("/")
    origin = page.url.rstrip("/")
    page.goto(service.operator_link)
    expect(page.get_by_role("link", name="Operations").first).to_be_visible()
    for language, theme, (device, width) in LOOKS:
        _look(page, theme, width)
        page.goto(f"{origin}/operations?lang={language}")
        for name, (path, landmark) in OPERATOR_VIEWS.items():
            page.locator(f'.column a[href="{path}"]').click()  # each loading of the page would renew the sign-in
            expect(page.locator(landmark).first).to_be_visible()
            _picture(page, f"{name}-{device}-{theme}-{language}")
