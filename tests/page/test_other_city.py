"""The page on a city that knows its e-bikes, where another RAG server answers too."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.collector.gbfs_server import gbfs_server
from tests.loopback import serving
from tests.page.conftest import OpenPage, Service, running_service
from tests.pedalcast.chats.providers.test_remote_rag import ANSWER, RagServer

# Station, bikes, e-bikes among them, docks.
STATIONS = [("Harbour", 5, 2, 7), ("Theatre", 8, 0, 4), ("Observatory", 1, 1, 9)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A small GBFS city of its own, and a second server that answers questions."""
    rag_server = RagServer()
    with gbfs_server() as city, serving(rag_server) as rag_url:
        city.updated = int(time.time())
        city.files = {
            "system_information": {"system_id": "city", "name": "City", "timezone": "Europe/Oslo", "language": "en"},
            "station_information": {
                "stations": [
                    {"station_id": name, "name": name, "lat": 59.91, "lon": 10.75 + n / 100, "capacity": bikes + docks}
                    for n, (name, bikes, _, docks) in enumerate(STATIONS)
                ]
            },
            "station_status": {
                "stations": [
                    {"station_id": name, "num_bikes_available": bikes, "num_ebikes_available": ebikes,
                     "num_docks_available": docks, "is_installed": True, "is_renting": True, "is_returning": True}
                    for name, bikes, ebikes, docks in STATIONS
                ]
            },
        }  # fmt: skip
        settings = {"GBFS_URL": city.url, "RUNPOD_RAG_URL": rag_url}
        with running_service(tmp_path_factory.mktemp("city"), ("--no-train",), **settings) as service:
            yield service


def test_e_bikes_are_counted_where_the_feed_knows_them(open_page: OpenPage) -> None:
    page = open_page("/")
    row = page.locator(".station-row", has_text="Harbour")
    expect(row).to_contain_text("5 bikes")
    page.get_by_role("radio", name="E-bikes").click()
    expect(row).to_contain_text("2 e-bikes")
    expect(page.locator(".station-row", has_text="Theatre")).to_contain_text("0 e-bikes")
    expect(page).to_have_url(re.compile("want=ebike"))
    page.reload()
    expect(page.get_by_role("radio", name="E-bikes")).to_be_checked()


def test_a_rider_chooses_who_answers(open_page: OpenPage, open_chat: None) -> None:
    page = open_page("/ask")
    provider = page.get_by_label("Who answers")
    expect(provider).to_have_value("rag_server")
    page.get_by_role("textbox", name="Your question").fill("When is money given back?")
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator(".answer")).to_contain_text(ANSWER["answer"])
    page.get_by_role("link", name="New chat").click()
    provider.select_option("extractive")
    page.get_by_role("textbox", name="Your question").fill("Do I have to wear a helmet?")
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator(".answer .chip").first).to_be_visible()
    expect(page.locator(".answer")).not_to_contain_text(ANSWER["answer"])
    page.reload()
    expect(provider).to_have_value("extractive")
