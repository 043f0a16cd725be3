from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import FeedError
from collector.feeds.seoul.seoul_rows import read_page, read_rows
from tests.collector.seoul_server import HTML, XML_REFUSAL, page_of, rows
from tests.collector.strategies import near

ROW = {  # as captured from the live service in September 2026
    "rackTotCnt": "15",
    "stationName": "102. 망원역 1번출구 앞",
    "parkingBikeTotCnt": "6",
    "shared": "40",
    "stationLatitude": "37.55564880",
    "stationLongitude": "126.91062927",
    "stationId": "ST-4",
}

MENDED = {"negative_bikes", "negative_racks", "bad_racks", "bad_position", "unreadable_name", "long_name"}


def answer(code: str) -> bytes:
    return json.dumps({"RESULT": {"CODE": code, "MESSAGE": "말"}}).encode()


class TestReadPage:
    def test_a_page_of_rows(self) -> None:
        assert read_page(page_of(rows(3))) == rows(3)

    def test_no_data_is_an_empty_page(self) -> None:
        assert read_page(answer("INFO-200")) == []
        assert read_page(b"<RESULT><CODE>INFO-200</CODE></RESULT>") == []

    @pytest.mark.parametrize("code", ["ERROR-500", "ERROR-600", "ERROR-601"])
    def test_faults_of_the_server_are_transient(self, code: str) -> None:
        with pytest.raises(FeedError, match=code) as caught:
            read_page(answer(code))
        assert caught.value.transient is True
        assert caught.value.reason == code.lower()

    @pytest.mark.parametrize(
        "code", [f"ERROR-{n}" for n in (300, 301, 310, 331, 332, 333, 334, 335, 336)] + ["ERROR-999"]
    )
    def test_faults_of_the_caller_are_not(self, code: str) -> None:
        with pytest.raises(FeedError, match=code) as caught:
            read_page(answer(code))
        assert caught.value.transient is False

    @pytest.mark.parametrize("body", [XML_REFUSAL, answer("INFO-100"), b"\n " + XML_REFUSAL.lower()])
    def test_a_refused_key_is_final_in_xml_and_json(self, body: bytes) -> None:
        with pytest.raises(FeedError, match="refused the key") as caught:
            read_page(body)
        assert (caught.value.reason, caught.value.transient) == ("key_refused", False)

    def test_an_error_inside_the_wrapper_is_seen(self) -> None:
        body = json.dumps({"rentBikeStatus": {"RESULT": {"CODE": "ERROR-500", "MESSAGE": ""}, "row": []}}).encode()

        with pytest.raises(FeedError, match="ERROR-500"):
            read_page(body)

    @pytest.mark.parametrize("body", [HTML, b"", page_of(rows(9))[:300], b"[]", b'"ok"'])
    def test_half_an_answer_and_html_are_worth_another_try(self, body: bytes) -> None:
        with pytest.raises(FeedError) as caught:
            read_page(body)
        assert caught.value.transient is True

    @pytest.mark.parametrize("body", [b"{}", b'{"rentBikeStatus": {"rows": []}}', b'{"rentBikeStatus": []}'])
    def test_another_shape_is_not(self, body: bytes) -> None:
        with pytest.raises(FeedError, match=r"rentBikeStatus\.row") as caught:
            read_page(body)
        assert caught.value.transient is False

    @given(st.binary(max_size=80) | st.text(max_size=40).map(str.encode))
    def test_whatever_comes_it_is_rows_or_a_feed_error(self, body: bytes) -> None:
        try:
            assert isinstance(read_page(body), list)
        except FeedError as error:
            assert error.detail  # noqa: PT017 either outcome is right


class TestReadRows:
    def test_a_row_of_strings(self) -> None:
        (station,), rejected = read_rows([ROW])

        assert (station.id, station.name) == ("ST-4", "102. 망원역 1번출구 앞")
        assert (station.bikes, station.docks, station.capacity) == (6, 9, 15)
        assert (station.lat, station.lon) == (37.5556488, 126.91062927)
        assert station.reported_at is None
        assert not rejected

    def test_more_bikes_than_racks_leave_no_dock(self) -> None:
        (station,), _ = read_rows([ROW | {"parkingBikeTotCnt": "19", "shared": "136"}])

        assert (station.bikes, station.docks) == (19, 0)

    def test_no_racks_are_possible(self) -> None:
        (station,), _ = read_rows([ROW | {"rackTotCnt": "0"}])

        assert (station.bikes, station.docks, station.capacity) == (6, 0, 0)

    @pytest.mark.parametrize(
        "change",
        [{"stationLatitude": "0.0", "stationLongitude": "0.0"}, {"stationLatitude": "", "stationLongitude": None}],
    )
    def test_no_position_is_no_reason_to_leave_a_station_out(self, change: dict[str, Any]) -> None:
        (station,), rejected = read_rows([ROW | change])

        assert (station.lat, station.lon) == (None, None)
        assert not rejected

    @pytest.mark.parametrize(
        "change", [{"stationLongitude": ""}, {"stationLatitude": None}, {"stationLatitude": "37,555"}]
    )
    def test_half_a_position_is_none_and_counted(self, change: dict[str, Any]) -> None:
        (station,), mended = read_rows([ROW | change])

        assert (station.lat, station.lon, mended) == (None, None, {"bad_position": 1})

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (None, "not_an_object"),
            ({**ROW, "stationId": " "}, "no_station_id"),
            ({k: v for k, v in ROW.items() if k != "stationId"}, "no_station_id"),
            ({**ROW, "parkingBikeTotCnt": ""}, "bad_bikes"),
            ({**ROW, "parkingBikeTotCnt": "-101"}, "bad_bikes"),
            ({**ROW, "stationId": "ST-\ufffd"}, "unreadable_station_id"),
        ],
    )
    def test_a_bad_row_is_set_aside_and_the_others_go_through(self, row: Any, reason: str) -> None:
        stations, rejected = read_rows([row, {**ROW, "stationId": "ST-5"}])

        assert [station.id for station in stations] == ["ST-5"]
        assert rejected == {reason: 1}

    @pytest.mark.parametrize("racks", ["N/A", "", None, "10000", "-300"])
    def test_racks_that_are_no_number_cost_the_docks_and_not_the_station(self, racks: Any) -> None:
        (station,), mended = read_rows([ROW | {"rackTotCnt": racks}])

        assert (station.bikes, station.docks, station.capacity, mended) == (6, None, None, {"bad_racks": 1})

    def test_a_station_on_two_pages_counts_once(self) -> None:
        stations, rejected = read_rows([ROW, ROW | {"parkingBikeTotCnt": "9"}])

        assert [station.bikes for station in stations] == [6]
        assert rejected == {"duplicate": 1}

    def test_stations_of_one_number_are_not_joined(self) -> None:
        stations, _ = read_rows([ROW, ROW | {"stationId": "ST-9999"}])

        assert len(stations) == 2

    @given(st.lists(near(ROW), max_size=6))
    def test_every_record_is_accepted_or_counted(self, records: list[Any]) -> None:
        stations, rejected = read_rows(records)

        lost = sum(number for reason, number in rejected.items() if reason not in MENDED)
        assert len(stations) + lost == len(records)
        assert all(station.bikes >= 0 and (station.docks is None or station.docks >= 0) for station in stations)
