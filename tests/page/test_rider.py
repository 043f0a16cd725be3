"""What a rider does on the page."""

import re
import signal

from playwright.sync_api import expect

from tests.page.conftest import OpenPage, Service

LOOKS = "map=37.5500%2C127.0000%2C14.0"


class TestMapAndStation:
    def test_a_rider_finds_a_station_and_sees_what_will_be_there(self, open_page: OpenPage) -> None:
        page = open_page("/", width=390)
        expect(page.locator(".station-row").first).to_be_visible()
        expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
        page.get_by_role("searchbox").fill("101. eunbyeol")
        expect(page.locator(".station-row")).to_have_count(1)
        page.locator(".station-row").click()
        expect(page).to_have_url(re.compile("/stations/SIM-"))
        expect(page.get_by_text(re.compile(r"A bike at \d\d:\d\d: .*in 100"))).to_be_visible()
        page.get_by_role("radio", name="A free dock").click()
        expect(page.get_by_text(re.compile(r"A free dock at \d\d:\d\d: "))).to_be_visible()
        expect(page.locator(".plot canvas")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="History as CSV").click()
        assert download.value.path().read_bytes().startswith(b"station_id,at,bikes,docks,ebikes,renting\r\n")

    def test_a_newcomer_learns_in_two_clicks_whether_there_will_be_a_bike_near_them(self, open_page: OpenPage) -> None:
        here = {"latitude": 37.55, "longitude": 127.0}
        page = open_page("/", width=390, geolocation=here, permissions=["geolocation"])
        page.get_by_role("button", name="Near me").click()
        expect(page.get_by_text("Nearest first")).to_be_visible()
        page.locator(".station-row").first.click()
        expect(page.get_by_text(re.compile(r"A bike at \d\d:\d\d: .*in 100"))).to_be_visible()

    def test_the_axis_shows_chances_ahead_and_counts_of_the_past(self, open_page: OpenPage) -> None:
        page = open_page("/")
        axis = page.get_by_role("slider")
        expect(page.locator(".station-row").first).to_contain_text("bike")
        axis.press("End")
        expect(page).to_have_url(re.compile("t=60"))
        expect(page.locator(".station-row").first).to_contain_text("in 100")
        axis.press("Home")
        expect(page).to_have_url(re.compile("t=-1440"))
        page.goto(page.url.replace("t=-1440", "t=-60"))
        expect(page.locator(".station-row").first).to_contain_text(re.compile(r"\d+ bikes?"))

    def test_the_axis_plays_and_stops(self, open_page: OpenPage) -> None:
        page = open_page("/?t=-120")
        expect(page.locator(".station-row").first).to_be_visible()
        page.get_by_role("button", name="Play").click()
        expect(page).to_have_url(re.compile("t=-(?!120)"))
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_role("button", name="Play")).to_be_visible()

    def test_free_docks_are_counted_too(self, open_page: OpenPage) -> None:
        page = open_page("/")
        page.get_by_role("radio", name="Free docks").click()
        expect(page.locator(".station-row").first).to_contain_text(re.compile(r"\d+ free docks?"))
        expect(page).to_have_url(re.compile("want=dock"))

    def test_where_the_map_looks_is_in_the_address(self, open_page: OpenPage) -> None:
        page = open_page("/?map=37.5500,127.0000,13.0")
        canvas = page.locator("canvas.maplibregl-canvas")
        expect(page.locator(".station-row").first).to_be_visible()
        canvas.focus()
        canvas.press("+")
        expect(page).to_have_url(re.compile(LOOKS))
        page.locator(".station-row").first.click()
        expect(page).to_have_url(re.compile("/stations/SIM-.*" + LOOKS))
        page.get_by_role("link", name="Ask", exact=True).click()
        page.go_back()
        expect(canvas).to_be_visible()
        expect(page).to_have_url(re.compile(LOOKS))

    def test_favourites_come_first_and_outlast_the_page(self, open_page: OpenPage) -> None:
        page = open_page("/stations/SIM-3")
        page.get_by_role("button", name="Keep as favourite").click()
        page.get_by_role("link", name="All stations").click()
        expect(page.locator(".station-row").first).to_contain_text("★")
        page.reload()
        expect(page.locator(".station-row").first).to_contain_text("★")

    def test_going_there_says_whether_to_go(self, open_page: OpenPage) -> None:
        page = open_page("/going?to=SIM-3")
        expect(page.locator(".verdict strong")).to_have_text(re.compile("Go|Wait"))
        page.get_by_role("radio", name="A free dock").click()
        expect(page.locator(".verdict")).to_contain_text(re.compile("dock"))

    def test_a_guest_reports_a_problem(self, open_page: OpenPage) -> None:
        page = open_page("/stations/SIM-5")
        page.get_by_role("button", name="Report a problem").click()
        page.get_by_label("What is wrong").select_option("dock")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("The operator has been told")).to_be_visible()


class TestLanguages:
    def test_the_page_speaks_korean_and_keeps_the_choice(self, open_page: OpenPage) -> None:
        page = open_page("/", locale="ko-KR")
        expect(page.get_by_role("link", name="지도")).to_be_visible()
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("link", name="Map", exact=True)).to_be_visible()
        page.reload()
        expect(page.get_by_role("link", name="Map", exact=True)).to_be_visible()
        assert page.locator("html").get_attribute("lang") == "en"


class TestChat:
    def test_an_answer_has_sources_that_open_and_survives_a_refresh(self, open_page: OpenPage, open_chat: None) -> None:
        page = open_page("/ask")
        expect(page.get_by_role("heading", name="Ask about the service")).to_be_visible()
        page.get_by_role("textbox").fill("Do I have to wear a helmet?")
        page.get_by_role("textbox").press("Enter")
        expect(page.locator(".question")).to_have_text("Do I have to wear a helmet?")
        expect(page).to_have_url(re.compile(r"/ask/\d+"))
        page.reload()  # while the answer is being written, or right after
        expect(page.locator(".question")).to_have_count(1)
        page.locator(".chip").first.click()
        expect(page.locator(".source mark").first).to_be_visible()
        page.get_by_role("button", name="Good", exact=True).click()
        expect(page.get_by_text("Thank you.")).to_be_visible()

    def test_a_chat_is_saved_as_a_file_with_its_sources(self, open_page: OpenPage, open_chat: None) -> None:
        page = open_page("/ask?q=What+does+a+day+pass+cost%3F")
        expect(page.locator(".chip").first).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="Save this chat as a file").click()
        lines = download.value.path().read_text().splitlines()
        assert download.value.suggested_filename == "pedalcast-chat.md"
        assert lines[0] == "## What does a day pass cost?"
        assert any(line.startswith("[1] ") for line in lines)


class TestWithoutTheService:
    def test_the_page_polls_where_events_do_not_come(self, open_page: OpenPage) -> None:
        page = open_page("/nothing/here")
        page.clock.install()
        page.route("**/api/v1/events", lambda route: route.abort())
        page.reload()
        page.get_by_role("link", name="To the map").click()
        expect(page.locator(".station-row").first).to_be_visible()
        with page.expect_request("**/api/v1/realtime/stations"):
            page.clock.fast_forward(31_000)

    def test_a_banner_says_that_the_counts_are_old(self, open_page: OpenPage) -> None:
        page = open_page("/nothing/here")
        page.clock.install()
        page.reload()
        page.get_by_role("link", name="To the map").click()
        expect(page.locator(".station-row").first).to_be_visible()
        expect(page.locator(".banner")).to_have_count(0)
        page.context.set_offline(True)
        expect(page.get_by_role("status").filter(has_text="You are offline")).to_be_visible()
        page.clock.fast_forward("30:00")
        expect(page.get_by_role("status").filter(has_text="They may be wrong by now")).to_be_visible()
        expect(page.locator(".station-row").first).to_be_visible()

    def test_the_page_opens_with_what_was_last_known(self, open_page: OpenPage, service: Service) -> None:
        page = open_page("/", service_workers="allow")
        expect(page.locator(".station-row").first).to_be_visible()
        page.evaluate("async () => { await navigator.serviceWorker.ready }")
        page.reload()  # from now on the service worker sees every request
        expect(page.locator(".station-row").first).to_be_visible()
        expect(page.locator(".data-age")).to_be_visible()
        service.process.send_signal(signal.SIGSTOP)
        try:
            page.reload()
            expect(page.locator(".station-row").first).to_be_visible()
            expect(page.locator(".data-age")).to_contain_text("Data of")
        finally:
            service.process.send_signal(signal.SIGCONT)
