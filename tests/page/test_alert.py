"""An alert on its way from a run of the service to the rider's browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.page.conftest import CITY, OpenPage, Service, running_service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Alerts are judged at each poll: here every ten seconds."""
    with running_service(tmp_path_factory.mktemp("alert"), (*CITY, "--speed", "30")) as service:
        yield service


def test_an_alert_reaches_the_page_and_the_browser_s_notifications(open_page: OpenPage) -> None:
    page = open_page("/alerts", permissions=["notifications"])
    page.evaluate(
        """() => { window.shown = []; window.Notification = class {
            static permission = 'granted'
            static async requestPermission() { return 'granted' }
            constructor(title, options) { window.shown.push([title, options && options.body].join(' ')) }
        } }"""
    )
    page.get_by_role("button", name="Show notifications").click()
    page.get_by_role("combobox", name="Which station").fill("101.")
    page.get_by_role("option").first.click()
    page.get_by_label("Tell me at so many or fewer").fill("1000")  # holds at the next run
    page.get_by_role("button", name="Add the alert").click()
    expect(page.get_by_text("The alert is set.")).to_be_visible()
    told = page.locator("section", has=page.get_by_role("heading", name="What you were told"))
    expect(told.locator("p").first).to_contain_text("bike")
    page.wait_for_function("window.shown.length > 0")
    assert "bike" in page.evaluate("window.shown[0]")
