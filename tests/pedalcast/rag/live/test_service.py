"""Live answers say what the data say, with their time, and cite the station."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pedalcast.rag.grounding.citations import Citations
from pedalcast.rag.live.service import LiveAnswer, LiveService
from pedalcast.rag.text.quantities import claimed, missing, stated
from tests.pedalcast.rag.live.city import NOW, City


def ask(city: City, question: str, lang: str = "ko", **more: object) -> LiveAnswer:
    return LiveService(city).answer(question, lang, **more)  # type: ignore[arg-type]


class TestOneStation:
    def test_says_now_in_one_sentence_in_korean(self, city: City) -> None:
        answer = ask(city, "여의나루역 지금 몇 대 있어?")
        assert answer.text == (
            "207번 여의나루역 1번출구 앞 대여소에는 지금 자전거 8대와 빈 거치대 22개가 있습니다"
            "(10:05 기준, 2분 전). [1]"
        )
        assert (answer.status, answer.station_ids) == ("answered", ("ST-71",))

    def test_says_it_in_english(self, city: City) -> None:
        answer = ask(city, "How many bikes at Yeouinaru?", "en")
        assert answer.text == (
            "207 Yeouinaru Stn. Exit 1 has 8 bikes and 22 free docks now (as of 10:05, 2 minutes ago). [1]"
        )

    def test_adds_the_forecast_where_what_is_there_may_be_gone(self, city: City) -> None:
        city.expect("ST-71", p_bike=0.6)
        assert ask(city, "How many bikes at Yeouinaru?", "en").text == (
            "207 Yeouinaru Stn. Exit 1 has 8 bikes and 22 free docks now (as of 10:05, 2 minutes ago). [1] "
            "In 8 minutes, at 10:15, about 8.1 bikes are expected (7 to 10); the probability of a bike is 60%, "
            "of a free dock 96%. [1]"
        )
        assert "확률은 60%" not in ask(city, "여의나루역에 반납할 자리 있어?").text
        city.expect("ST-71", p_dock=0.6)
        assert "빈 거치대가 있을 확률은 60%" in ask(city, "여의나루역에 반납할 자리 있어?").text

    def test_adds_the_forecast_where_what_is_not_there_may_come(self, city: City) -> None:
        city.expect("ST-6", p_bike=0.7)
        assert "자전거가 있을 확률은 70%" in ask(city, "합정역 1번출구 자전거 있어?").text

    @pytest.mark.parametrize(
        ("question", "lang", "start"),
        [
            ("여의나루역 자전거 있어?", "ko", "네: 207번 "),
            ("합정역 1번출구 자전거 있나요", "ko", "아니요: 104번 "),
            ("합정역 1번출구 자전거 없어?", "ko", "네: 104번 "),
            ("망원역 2번출구 꽉 찼나요?", "ko", "네: 103번 "),
            ("is there a bike at Yeouinaru?", "en", "Yes: 207 "),
            ("is Yeouinaru empty?", "en", "No: 207 "),
            ("can I return at station 103?", "en", "No: 103 "),
            ("how full is Yeouinaru?", "en", "207 "),
            ("여의나루역 현황", "ko", "207번 "),
        ],
    )
    def test_says_yes_or_no_first(self, city: City, question: str, lang: str, start: str) -> None:
        assert ask(city, question, lang).text.startswith(start)

    def test_cites_the_stations_data_with_its_time(self, city: City) -> None:
        [evidence] = ask(city, "여의나루역 자전거").evidence
        assert evidence.kind == "station"
        assert evidence.passage.url == "/api/v1/realtime/stations/ST-71"
        assert evidence.observed_at == NOW - timedelta(minutes=2)
        assert evidence.passage.text.count("예상되고") == 4

    @pytest.mark.parametrize(
        ("question", "clock"),
        [
            ("10분 뒤", "10:15"),
            ("30분 뒤", "10:35"),
            ("한 시간 뒤", "11:05"),
            ("오전 10시 33분에", "10:35"),
        ],
    )
    def test_takes_the_horizon_nearest_to_the_time_asked(self, city: City, question: str, clock: str) -> None:
        assert f"뒤인 {clock}에는" in ask(city, f"여의나루역 {question} 자전거 있어?").text

    @pytest.mark.parametrize("when", ["3시간 뒤", "내일"])
    def test_says_when_the_time_is_beyond_the_forecasts(self, city: City, when: str) -> None:
        text = ask(city, f"여의나루역 {when} 자전거 있을까?").text
        assert text == "예측은 60분 뒤까지만 있어, 그 시각은 알 수 없습니다. [1]"

    def test_says_that_there_is_no_forecast(self, city: City) -> None:
        assert ask(city, "홍대입구역 20분 뒤 자전거").text.endswith("이 대여소의 예측은 지금 없습니다.")

    def test_says_that_no_model_is_in_use(self, city: City) -> None:
        city.expect("ST-71", model="persistence")
        assert "학습된 모델이 아직 없어" in ask(city, "여의나루역 20분 뒤").text
        assert "No trained model is in use" in ask(city, "Yeouinaru in 20 minutes", "en").text

    def test_says_that_the_data_are_old(self, city: City) -> None:
        city.at = NOW + timedelta(hours=1)
        assert "마지막으로 확인했을 때 자전거 8대" in ask(city, "여의나루역").text
        assert "had 8 bikes and 22 free docks when last heard of" in ask(city, "Yeouinaru", "en").text
        assert ask(city, "is there a bike at Yeouinaru?", "en").text.startswith("207 Yeouinaru")  # neither yes nor no

    def test_says_that_it_does_not_rent(self, city: City) -> None:
        city.change("ST-71", renting=False)
        assert "지금은 대여를 받지 않습니다." in ask(city, "여의나루역").text

    def test_says_that_it_is_out_of_service(self, city: City) -> None:
        city.change("ST-71", installed=False)
        assert "지금 운영하지 않습니다" in ask(city, "여의나루역").text
        assert "is out of service" in ask(city, "Yeouinaru", "en").text

    def test_counts_electric_bikes_and_says_where_any_number_fits(self, city: City) -> None:
        city.change("ST-71", ebikes=3, docks=None, unlimited=True)
        assert "8 bikes (3 of them electric) and no limit on returns" in ask(city, "Yeouinaru", "en").text


class TestAlternatives:
    def test_are_named_where_it_is_empty(self, city: City) -> None:
        answer = ask(city, "합정역 1번출구 자전거 있어?")
        assert answer.station_ids[0] == "ST-6"
        assert "자전거가 있는 가까운 곳: 105번 합정역 5번출구 앞(" in answer.text
        assert answer.station_ids[1:] == ("ST-7", "ST-5", "ST-4")

    def test_are_named_where_it_will_be(self, city: City) -> None:
        city.expect("ST-4", p_bike=0.2)
        assert "자전거가 있는 가까운 곳" in ask(city, "망원역 1번출구 30분 뒤 자전거 있을까?").text

    def test_are_not_those_that_will_be_empty_too(self, city: City) -> None:
        city.expect("ST-7", p_bike=0.1)
        assert "ST-7" not in ask(city, "합정역 1번출구 자전거 있어?").station_ids

    def test_are_for_docks_where_docks_are_asked_for(self, city: City) -> None:
        answer = ask(city, "망원역 2번출구에 반납할 자리 있어?")
        assert "빈 거치대가 있는 가까운 곳" in answer.text
        assert "ST-4" in answer.station_ids

    def test_are_named_where_they_are_asked_for(self, city: City) -> None:
        answer = ask(city, "will there still be a bike at Station 102 in ten minutes, and where else?", "en")
        assert "Nearby with bikes: 103 Mangwon Stn. Exit 2 (69 m, 14 bikes now, 97% at 10:15) [2]" in answer.text

    def test_that_do_not_exist_are_not_made_up(self, city: City) -> None:
        for station in ("ST-4", "ST-5", "ST-7", "ST-92", "ST-93"):
            city.change(station, bikes=0)
            city.expect(station, p_bike=0.0)
        assert ask(city, "합정역 1번출구 자전거 있어?").text.endswith("가까운 다른 대여소에도 없습니다.")


class TestSeveralBikes:
    def test_now_it_is_yes_or_no(self, city: City) -> None:
        text = ask(city, "any 3 bikes at Mangwon Stn. Exit 1?", "en").text
        assert text.startswith("Yes, there are at least 3 bikes.")

    def test_ahead_it_is_the_probability_of_so_many(self, city: City) -> None:
        city.expect("ST-4", p_bike=0.9)
        text = ask(city, "망원역 1번출구 20분 뒤에 3대 이상 있을까?").text
        assert text.startswith("10:27에 자전거가 3대 이상 있을 확률은 70%입니다.")

    def test_ahead_it_is_said_of_docks_in_english(self, city: City) -> None:
        city.expect("ST-4", p_dock=0.8)
        text = ask(city, "will there be at least 2 docks at Mangwon Stn. Exit 1 in 20 min", "en").text
        assert text.startswith("The probability of at least 2 free docks at 10:27 is 70%.")

    def test_too_few_now_names_stations_that_have_enough(self, city: City) -> None:
        answer = ask(city, "need 6 bikes at Mangwon Stn. Exit 1", "en")
        assert answer.text.startswith("No, there are fewer than 6 bikes.")
        assert "103 Mangwon Stn. Exit 2" in answer.text
        assert "104 Hapjeong" not in answer.text


class TestPlaces:
    def test_near_a_station_the_nearest_are_told(self, city: City) -> None:
        answer = ask(city, "서울숲 근처 자전거 있어?")
        assert answer.station_ids[:2] == ("ST-90", "ST-91")
        assert answer.text.startswith(
            "가까운 대여소: 210번 서울숲 관리사무소(0m, 지금 자전거 3대, 10:15 확률 97%) [1],"
        )

    def test_near_a_position(self, city: City) -> None:
        assert ask(city, "any bikes near 37.5446, 127.0399?", "en").station_ids[0] == "ST-91"

    def test_near_me_takes_the_riders_position(self, city: City) -> None:
        assert ask(city, "근처에 자전거 있어?", position=(37.5446, 127.0399)).station_ids[0] == "ST-91"

    def test_what_is_left_out_is_not_offered(self, city: City) -> None:
        answer = ask(city, "closest station but not Gaon Tower", "en", position=(37.5446, 127.0400))
        assert answer.station_ids[0] == "ST-90"

    def test_near_me_without_a_position_asks_for_one(self, city: City) -> None:
        answer = ask(city, "근처에 자전거 있어?")
        assert (answer.status, answer.evidence) == ("unplaced", ())
        assert "어디 근처인지" in answer.text


class TestElectricBikes:
    """Where the feed counts them: at ST-91 nobody does, nearer stations have none."""

    HERE = (37.5446, 127.0399)

    @pytest.fixture
    def counted(self, city: City) -> City:
        city.change("ST-90", ebikes=0)
        city.change("ST-93", ebikes=2)
        city.change("ST-4", ebikes=1)
        return city

    def test_near_a_place_those_that_have_some_are_told(self, counted: City) -> None:
        answer = ask(counted, "any e-bikes nearby?", "en", position=self.HERE)
        assert answer.station_ids == ("ST-93", "ST-4")
        assert "2 electric bikes now) [1]" in answer.text  # without a probability, which is of any bike
        assert "1 electric bike now) [2]" in answer.text
        assert "does not say" not in answer.text
        assert "전기자전거 2대)" in ask(counted, "근처에 전기자전거 있어?", position=self.HERE).text

    def test_as_many_as_are_asked_for(self, counted: City) -> None:
        answer = ask(counted, "we need 2 e-bikes near here", "en", position=self.HERE)
        assert answer.station_ids == ("ST-93",)

    def test_none_within_reach_is_said_with_its_source(self, counted: City) -> None:
        answer = ask(counted, "any e-bikes within 300 m?", "en", position=self.HERE)
        assert answer.text.startswith("No station within 300 m has an electric bike. [1][2]")

    def test_where_nobody_counts_them_that_is_said_with_its_source(self, city: City) -> None:
        answer = ask(city, "any e-bikes within 300 m?", "en", position=self.HERE)
        said = "The live data does not say how many of the bikes are electric, so that is unknown."
        assert answer.text.startswith(f"{said} [1][2]")
        assert all(said in evidence.passage.text for evidence in answer.evidence)

    def test_at_one_station_it_is_yes_or_no(self, counted: City) -> None:
        assert ask(counted, "any e-bikes at Hongik Univ?", "en").text.startswith("Yes: 213 Hongik")
        none = ask(counted, "서울숲 관리사무소에 전기자전거 있어?").text
        assert none.startswith("아니요: ")
        assert "자전거 3대(전기자전거 0대 포함)" in none
        assert "전기자전거가 있는 가까운 곳" in none or "다른 대여소에도 없습니다" in none
        assert ask(counted, "at least 3 e-bikes at Hongik Univ?", "en").text.startswith(
            "No, there are fewer than 3 electric bikes."
        )

    def test_ahead_nothing_is_claimed_of_them(self, counted: City) -> None:
        text = ask(counted, "any e-bikes at Mangwon Stn. Exit 1 in 20 minutes?", "en").text
        assert text.startswith("How many of the bikes will be electric is not forecast. [1]")

    def test_of_several_stations_the_one_with_more(self, counted: City) -> None:
        text = ask(counted, "e-bikes at Hongik Univ or Mangwon Stn. Exit 1?", "en").text
        assert "213 Hongik Univ. Stn. Exit 11 has more electric bikes." in text

    def test_one_that_is_returned_needs_a_dock(self, counted: City) -> None:
        assert "free docks now" in ask(counted, "where can I return my e-bike near here", "en", position=self.HERE).text


class TestNoSingleStation:
    def test_several_are_asked_about(self, city: City) -> None:
        answer = ask(city, "망원역 자전거 있어?")
        assert answer.text == (
            "2곳이 있습니다. 어느 대여소를 말씀하시나요? 102번 망원역 1번출구 앞 / 103번 망원역 2번출구 앞"
        )
        assert (answer.status, answer.evidence, city.asked) == ("ambiguous", (), [])

    @pytest.mark.parametrize(
        ("question", "lang", "said"),
        [("합정역 9번출구 자전거", "ko", "‘합정역 9번출구’"), ("Hapjeong exit 9", "en", "“hapjeong exit 9”")],
    )
    def test_another_exit_of_it_is_not_taken_for_it(self, city: City, question: str, lang: str, said: str) -> None:
        answer = ask(city, question, lang)
        assert (answer.status, answer.station_ids) == ("unknown", ("ST-6", "ST-7"))
        assert said in answer.text

    def test_an_unknown_one_is_said_to_be_unknown(self, city: City) -> None:
        answer = ask(city, "bikes at Gangnam station?", "en")
        assert answer.text.startswith("I know of no station called “gangnam”.")
        assert (answer.status, answer.evidence) == ("unknown", ())

    def test_none_is_asked_for(self, city: City) -> None:
        assert ask(city, "자전거 있어?").status == "unplaced"

    def test_before_the_first_poll_there_is_nothing_to_say(self, city: City) -> None:
        city.stations = []
        assert ask(city, "여의나루역").status == "absent"


QUESTIONS = [
    ("여의나루역 지금 몇 대 있어?", "ko"),
    ("합정역 1번출구 30분 뒤 자전거 있어?", "ko"),
    ("망원역 2번출구에 반납할 자리 있어?", "ko"),
    ("서울숲 근처 자전거", "ko"),
    ("여의나루역 내일 자전거 있어?", "ko"),
    ("bikes at Gaon Tower in an hour, and where else?", "en"),
    ("docks at station 103?", "en"),
    ("near 37.5556, 126.9106 any bikes", "en"),
    ("마포구민체육센터", "en"),
]


@pytest.mark.parametrize(("question", "lang"), QUESTIONS)
class TestEveryAnswer:
    def test_states_no_number_that_its_data_do_not(self, city: City, question: str, lang: str) -> None:
        answer = ask(city, question, lang)
        text = re.sub(r"\s?\[\d+\]", "", answer.text)
        assert missing(claimed(text), [n for e in answer.evidence for n in stated(e.passage.text)]) == []

    def test_passes_the_check_of_citations_with_every_marker(self, city: City, question: str, lang: str) -> None:
        answer = ask(city, question, lang)
        citations = Citations(answer.evidence)
        assert citations.feed(answer.text) + citations.finish() == answer.text
        assert citations.flags == []
