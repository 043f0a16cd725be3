"""Stations are found as people name them, in both languages; what is no station is said to be none."""

from __future__ import annotations

import pytest

from pedalcast.rag.live.station_directory import StationDirectory
from pedalcast.rag.live.types import LiveStation
from tests.pedalcast.rag.live.city import SEEN, City, small_city

DIRECTORY = StationDirectory(small_city().stations)


def ids(question: str) -> list[str]:
    return [station.id for station in DIRECTORY.find(question).stations]


class TestByName:
    @pytest.mark.parametrize(
        ("question", "station"),
        [
            ("여의나루역 지금 몇 대 있어?", "ST-71"),
            ("여의나루역에 자전거 있나요", "ST-71"),
            ("여의나루에서 빌릴 수 있어?", "ST-71"),
            ("망원역 1번출구 앞", "ST-4"),
            ("망원역 1번 출구에 자전거 몇 대 남았어요?", "ST-4"),
            ("망원역2번출구 자전거", "ST-5"),
            ("합정역 5번출구에 반납할 자리 있을까?", "ST-7"),
            ("서울숲에 자전거 있어?", "ST-90"),
            ("가온타워 자전거", "ST-91"),
            ("홍대입구역에서 30분 뒤에 탈 수 있어?", "ST-93"),
            ("마포구민체육센터", "ST-92"),
            ("bikes at Yeouinaru?", "ST-71"),
            ("Any bikes at Yeouinaru Station exit 1 right now?", "ST-71"),
            ("is there a bike at mangwon station exit 2", "ST-5"),
            ("Hapjeong Stn. Exit 5 docks", "ST-7"),
            ("How many bikes does Gaon Tower have?", "ST-91"),
            ("Seoul Forest Office", "ST-90"),
        ],
    )
    def test_is_found(self, question: str, station: str) -> None:
        assert ids(question) == [station]

    @pytest.mark.parametrize(
        ("question", "station"),
        [
            ("여이나루역 자전거 있어?", "ST-71"),
            ("가온타웨 자전거 있어?", "ST-91"),
            ("bikes at Yeouinaroo", "ST-71"),
            ("bikes at Hapjong exit 5", "ST-7"),
            ("any bikes at Mapogumincheyuksenteo?", "ST-92"),
        ],
    )
    def test_is_found_misspelt_or_in_the_other_script(self, question: str, station: str) -> None:
        place = DIRECTORY.find(question)
        assert [s.id for s in place.stations] == [station]
        assert not place.sure

    @pytest.mark.parametrize(
        ("question", "stations"),
        [
            ("망원역 자전거 있어?", ["ST-4", "ST-5"]),
            ("bikes at Hapjeong?", ["ST-6", "ST-7"]),
        ],
    )
    def test_that_several_have_leaves_them_all(self, question: str, stations: list[str]) -> None:
        assert ids(question) == stations

    def test_one_exit_is_not_the_tail_of_another(self) -> None:
        assert ids("홍대입구역 11번출구") == ["ST-93"]
        assert "ST-93" not in ids("망원역 1번출구")


class TestByNumberOrId:
    @pytest.mark.parametrize(
        "question",
        ["102번 대여소에 자전거 있어?", "대여소 102 지금 몇 대?", "Station 102", "station #102 bikes", "ST-4",
         "st-4 자전거", "How many bikes are at 102?"],
    )  # fmt: skip
    def test_is_found(self, question: str) -> None:
        place = DIRECTORY.find(question)
        assert [s.id for s in place.stations] == ["ST-4"]
        assert place.sure

    @pytest.mark.parametrize("question", ["9999번 대여소", "Station 9999", "대여소 9999"])
    def test_that_no_station_has_is_unknown_with_the_nearest(self, question: str) -> None:
        place = DIRECTORY.find(question)
        assert place.stations == ()
        assert "9999" in place.unknown
        assert len(place.suggestions) == 3

    @pytest.mark.parametrize("question", ["at 5 pm", "at 17:30", "10분 뒤", "2번 출구", "한 번에 2번 타면?"])
    def test_other_numbers_are_no_stations(self, question: str) -> None:
        assert ids(question) == []


class TestPlaces:
    def test_near_a_station(self) -> None:
        place = DIRECTORY.find("서울숲 근처에 자전거 있는 곳")
        assert place.near
        assert [s.id for s in place.stations] == ["ST-90"]

    def test_near_a_position(self) -> None:
        place = DIRECTORY.find("37.5556, 126.9106 근처 자전거")
        assert (place.near, place.position) == (True, (37.5556, 126.9106))

    def test_a_position_off_the_earth_is_none(self) -> None:
        assert DIRECTORY.find("97.5556, 326.9106").position is None

    @pytest.mark.parametrize("question", ["강남역에 자전거 있어?", "is there a bike at Gangnam station?"])
    def test_that_are_no_station_are_unknown(self, question: str) -> None:
        place = DIRECTORY.find(question)
        assert place.stations == ()
        assert place.unknown.casefold() in {"강남역", "gangnam"}

    @pytest.mark.parametrize("question", ["자전거 있어?", "any bikes?", "지금 빌릴 수 있어?", "How do I rent a bike?"])
    def test_none_named_is_none_found(self, question: str) -> None:
        place = DIRECTORY.find(question)
        assert (place.stations, place.position, place.unknown) == ((), None, "")

    def test_the_nearest_come_nearest_first_and_only_those_in_service(self, city: City) -> None:
        city.change("ST-5", installed=False)
        around = StationDirectory(city.stations).around(37.5556, 126.9106, 3, without=["ST-6"])
        assert [station.id for station, _ in around] == ["ST-4", "ST-7", "ST-92"]
        assert [metres for _, metres in around] == sorted(metres for _, metres in around)
        assert around[0][1] == 0
        assert around[1][1] == pytest.approx(726, abs=5)


def test_a_city_of_three_thousand_stations_is_searched_fast_enough_to_ask_each_time() -> None:
    many = [station for _ in range(334) for station in small_city().stations]
    directory = StationDirectory(many)
    assert directory.find("강남역에 자전거 있어?").unknown == "강남역"


class TestNamesOfOrdinaryWords:
    """Names that are made of words of any sentence count only when they are said whole."""

    NAMES = ("Lot A", "I Street", "At Home Store", "Do Square", "How Lane", "Main & 1st", "May St", "The Plaza")
    DIRECTORY = StationDirectory(
        [LiveStation(name, name, {}, 1.0, 1.0, 5, 5, None, True, True, True, SEEN) for name in NAMES]
    )

    @pytest.mark.parametrize(
        "question",
        [
            "Do I need a licence?",
            "Can I take a lot of bags?",
            "How much is a day pass?",
            "What may I do on the street?",
            "How do I return the bike",
            "can I park the bike at home?",
            "Where do I sign up?",
        ],
    )
    def test_a_sentence_names_none(self, question: str) -> None:
        assert not self.DIRECTORY.find(question).stations

    @pytest.mark.parametrize(
        ("question", "name"),
        [
            ("bikes at Lot A?", "Lot A"),
            ("is there a bike at i street", "I Street"),
            ("How many bikes at How Lane?", "How Lane"),
            ("docks at the At Home Store", "At Home Store"),
            ("How many bikes at Main & 1st?", "Main & 1st"),
            ("any bikes at May St now", "May St"),
            ("bikes at the plaza", "The Plaza"),
        ],
    )
    def test_the_whole_name_does(self, question: str, name: str) -> None:
        found = self.DIRECTORY.find(question)
        assert ([station.id for station in found.stations], found.sure) == ([name], True)
