"""Follow-ups are made to stand alone; questions that do already are left alone."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from pedalcast.rag.live.station_directory import StationDirectory
from pedalcast.rag.llm import LlmConfig, open_model
from pedalcast.rag.routing.follow_up import Rewriting, Turn, rewrite_by_model, rewrite_by_rules
from tests.pedalcast.rag.live.city import small_city
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, says

DIRECTORY = StationDirectory(small_city().stations)


def station_in(text: str) -> str | None:
    stations = DIRECTORY.find(text).stations
    return stations[0].name_in("ko") if len(stations) == 1 else None


def places_in(text: str) -> bool:
    place = DIRECTORY.find(text)
    return place.sure and bool(place.stations)


def after(*said: str) -> list[Turn]:
    return [Turn("user" if i % 2 == 0 else "assistant", text) for i, text in enumerate(said)]


class TestRules:
    @pytest.mark.parametrize(
        ("before", "question", "rewritten"),
        [
            ("일일권은 얼마야?", "환불은?", "일일권 환불은?"),
            ("일일권은 얼마야?", "그거 환불돼?", "일일권 환불돼?"),
            ("일일권은 얼마야?", "그걸 친구에게 줄 수 있어?", "일일권 친구에게 줄 수 있어?"),
            ("How much is a day pass?", "Can I refund it?", "Can I refund day pass?"),
            ("How do I report a broken bike?", "How long does that take?", "How long does report broken bike take?"),
            ("여의나루역 자전거 있어?", "30분 뒤에는?", "207번 여의나루역 1번출구 앞 30분 뒤에는?"),
            ("여의나루역 자전거 있어?", "거기 반납할 자리 있어?", "207번 여의나루역 1번출구 앞 반납할 자리 있어?"),
            ("Any bikes at Gaon Tower?", "And in ten minutes?", "211번 가온타워 앞 in ten minutes?"),
            ("Any bikes at Gaon Tower?", "What about Yeouinaru?", "Yeouinaru? bikes"),
            ("Any free docks at Gaon Tower?", "And Yeouinaru?", "Yeouinaru? docks"),
        ],
    )
    def test_put_in_what_it_is_about(self, before: str, question: str, rewritten: str) -> None:
        result = rewrite_by_rules(question, after(before, "…"), station_in)
        assert (result.question, result.by, result.original) == (rewritten, "rules", question)

    @pytest.mark.parametrize(
        ("before", "question", "rewritten"),
        [
            ("Any bikes at Gaon Tower?", "What about Mangwon?", "Mangwon? bikes"),
            ("가온타워 자전거 있어?", "합정역은?", "합정역은? 자전거"),
            ("Any bikes at Gaon Tower?", "is there one closer", "bikes near 211번 가온타워 앞, but not there"),
            ("가온타워 자전거 있어?", "더 가까운 데 있어?", "211번 가온타워 앞 말고 근처 자전거"),
        ],
    )
    def test_another_place_takes_the_place_of_the_last(self, before: str, question: str, rewritten: str) -> None:
        result = rewrite_by_rules(question, after(before, "…"), station_in, places_in)
        assert result.question == rewritten

    def test_a_subject_that_is_no_place_does_not(self) -> None:
        history = after("Any bikes at Gaon Tower?", "…")
        assert rewrite_by_rules("what about helmets?", history, station_in, places_in).question != "helmets? bikes"

    @pytest.mark.parametrize(
        "question",
        [
            "헬멧을 써야 하나요?",
            "자전거가 고장 나면 어떻게 하나요?",
            "Is there insurance?",
            "How do I pay for a ride?",
            "Are there bikes at Gaon Tower?",
            "여의나루역에 자전거 있어?",
        ],
    )
    def test_leave_a_question_that_stands_alone(self, question: str) -> None:
        assert rewrite_by_rules(question, after("일일권은 얼마야?", "…"), station_in) == Rewriting(question, question)

    @pytest.mark.parametrize("question", ["그거 얼마야?", "왜?", "And then?"])
    def test_change_nothing_without_a_history(self, question: str) -> None:
        assert not rewrite_by_rules(question, [], station_in).changed

    def test_take_the_last_question_not_an_older_one(self) -> None:
        history = after("헬멧은 써야 해?", "…", "일일권은 얼마야?", "…")
        assert rewrite_by_rules("환불은?", history, station_in).question == "일일권 환불은?"


class TestModel:
    def rewritten(self, server: OpenAIServer, question: str, history: list[Turn], seconds: float = 20) -> Rewriting:
        async def run() -> Rewriting:
            async with aclosing(open_model(LlmConfig("openai-like", "test", base_url=server.url))) as model:
                return await rewrite_by_model(question, history, model, station_in, seconds=seconds)

        return asyncio.run(run())

    def test_rewrites(self, server: OpenAIServer) -> None:
        server.will(says('"일일권은 환불되나요?"'))
        result = self.rewritten(server, "그거 환불돼?", after("일일권은 얼마야?", "5,000원입니다."))
        assert (result.question, result.by) == ("일일권은 환불되나요?", "model")
        assert "5,000원입니다." in server.prompts[0][1]["content"]

    def test_is_not_asked_where_nothing_needs_rewriting(self, server: OpenAIServer) -> None:
        assert not self.rewritten(server, "헬멧을 써야 하나요?", after("일일권은 얼마야?", "…")).changed
        assert server.prompts == []

    @pytest.mark.parametrize(
        "reply", [Reply(status=500), Reply(["x"], stall=0), says("Sure! " * 200), says("In English instead")]
    )
    def test_that_fails_leaves_it_to_the_rules_and_says_so(self, server: OpenAIServer, reply: Reply) -> None:
        server.will(reply)
        result = self.rewritten(server, "그거 환불돼?", after("일일권은 얼마야?", "…"), 0.5 if reply.stall == 0 else 20)
        assert (result.question, result.by) == ("일일권 환불돼?", "rules")
        assert result.note.startswith("rewritten by rules")
