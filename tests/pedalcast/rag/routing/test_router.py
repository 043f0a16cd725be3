"""Questions go where their answer lies."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from pedalcast.knowledge.articles import load_articles
from pedalcast.rag.live.station_directory import StationDirectory
from pedalcast.rag.llm import LlmConfig, open_model
from pedalcast.rag.routing.router import Route, Routing, explained_part, route_by_model, route_by_rules
from tests.pedalcast.rag.live.city import small_city
from tests.pedalcast.rag.openai_server import OpenAIServer, Reply, says

FIND = StationDirectory(small_city().stations).find


def route(question: str) -> Route:
    return route_by_rules(question, FIND).route


class TestRules:
    @pytest.mark.parametrize(
        "question",
        [
            "여의나루역 지금 몇 대 있어?",
            "will there still be a bike at Station 102 in ten minutes, and where else?",
            "102번 대여소 자전거",
            "9999번 대여소에 자전거 있어?",
            "강남역에 자전거 있어?",
            "is there a bike at Gangnam station?",
            "자전거 있어?",
            "근처 대여소 어디야?",
            "Where is the nearest station?",
            "where can I return a bike near Gaon Tower?",
            "가온타워에 반납할 자리 있어?",
            "30분 뒤 홍대입구역에 자전거 있을까",
            "any docks free at Hapjeong exit 1 at 5 pm?",
            "ST-4",
            "37.55, 126.91 근처에 자전거 있어?",
            "Can I get a bike at Gaon Tower right now?",
        ],
    )
    def test_stations(self, question: str) -> None:
        assert route(question) is Route.LIVE

    @pytest.mark.parametrize(
        "question",
        [
            "일일권 얼마야?",
            "How do I rent a bike?",
            "반납은 어떻게 해요?",
            "대여소가 가득 차 있으면 어떻게 하나요?",
            "What if the station is full?",
            "한 번에 몇 대까지 빌릴 수 있나요?",
            "How many bikes can a group rent?",
            "예측은 얼마나 정확해요?",
            "Is there an API?",
            "What is the capital of France?",
            "내 개인정보는 어떻게 쓰이나요?",
            "자전거에 짐을 실을 수 있나요?",
        ],
    )
    def test_documents(self, question: str) -> None:
        assert route(question) is Route.DOCUMENTS

    @pytest.mark.parametrize(
        "question",
        [
            "여의나루역에 자전거 있어? 그리고 일일권은 얼마야?",
            "How many bikes are at Gaon Tower, and how much is a day pass?",
            "가온타워에 지금 자전거 있고 환불은 어떻게 해?",
        ],
    )
    def test_both(self, question: str) -> None:
        assert route(question) is Route.BOTH

    @pytest.mark.parametrize(
        "question", ["안녕하세요", "고마워!", "hi", "Thank you so much!", "넌 누구야?", "네 감사합니다"]
    )
    def test_small_talk(self, question: str) -> None:
        assert route(question) is Route.SMALL_TALK

    @pytest.mark.parametrize(
        ("question", "part"),
        [
            ("How many bikes are at Gaon Tower, and how much is a day pass?", "how much is a day pass?"),
            ("여의나루역에 자전거 있어? 그리고 일일권은 얼마야?", "일일권은 얼마야?"),
            ("가온타워에 지금 자전거 있고 환불은 어떻게 해?", "환불은 어떻게 해?"),
            ("Are there bikes and docks?", "Are there bikes and docks?"),
        ],
    )
    def test_of_both_the_documents_get_their_part(self, question: str, part: str) -> None:
        assert explained_part(question) == part

    @pytest.mark.parametrize(
        "question",
        [
            "ㅋㅋㅋ",
            "ㅠㅠ",
            "ㅇㅋ",
            "ㅎㅇ",
            "감사합니당",
            "도와줘",
            "help",
            "help me",
            "yes",
            "no",
            "hmm",
            "lol",
            "are you a bot?",
            "사람이에요?",
            "아니요",
        ],
    )
    def test_small_talk_of_every_kind(self, question: str) -> None:
        assert route(question) is Route.SMALL_TALK

    @pytest.mark.parametrize(
        "question", ["a", "1", "123456", "test", "테스트", "?", "🚲", "where", "what is it", "x y z"]
    )
    def test_without_a_word_to_look_for_there_is_no_answer(self, question: str) -> None:
        assert route(question) is Route.OUT_OF_SCOPE

    @pytest.mark.parametrize("question", ["앱?", "lights?", "비", "요금", "환불", "QR"])
    def test_one_word_may_be_a_question(self, question: str) -> None:
        assert route(question) is not Route.OUT_OF_SCOPE

    @pytest.mark.parametrize("question", ["시 한 편 써 줘", "write me a poem about bikes", "삼성전자 주가 알려줘"])
    def test_out_of_scope(self, question: str) -> None:
        assert route(question) is Route.OUT_OF_SCOPE

    @pytest.mark.parametrize(
        ("question", "lang"), [("자전거 있어?", "ko"), ("any bikes?", "en"), ("GBFS가 뭐예요?", "ko")]
    )
    def test_language_goes_by_script(self, question: str, lang: str) -> None:
        assert route_by_rules(question, FIND).lang == lang

    def test_the_helps_own_questions_go_to_the_help(self) -> None:
        questions = [q for article in load_articles() for q in article.paraphrases]
        elsewhere = [q for q in questions if not route_by_rules(q, FIND).documents]
        assert len(elsewhere) <= len(questions) // 100, elsewhere


class TestModel:
    def routed(self, server: OpenAIServer, question: str, seconds: float = 30) -> Routing:
        async def run() -> Routing:
            async with aclosing(open_model(LlmConfig("openai-like", "test", base_url=server.url))) as model:
                return await route_by_model(question, model, FIND, seconds=seconds)

        return asyncio.run(run())

    @pytest.mark.parametrize("said", ["both", " Both.", "BOTH - because"])
    def test_decides(self, server: OpenAIServer, said: str) -> None:
        server.will(says(said))
        assert self.routed(server, "일일권 얼마야?") == Routing(Route.BOTH, "ko", by="model")

    @pytest.mark.parametrize("reply", [says("I think so"), Reply(status=500), Reply(["x"], stall=0)])
    def test_that_fails_leaves_it_to_the_rules_and_says_so(self, server: OpenAIServer, reply: Reply) -> None:
        server.will(reply)
        routing = self.routed(server, "일일권 얼마야?", seconds=0.5)
        assert (routing.route, routing.by) == (Route.DOCUMENTS, "rules")
        assert routing.note.startswith("routed by rules")
