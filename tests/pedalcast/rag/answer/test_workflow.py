"""From a question to its answer by rules and quotes: routes, steps, one numbering of sources."""

from __future__ import annotations

import pytest

from pedalcast.rag.answer.answer_events import QuestionUnderstood
from pedalcast.rag.answer.answer_types import AnswerComponents
from pedalcast.rag.routing.follow_up import Turn
from pedalcast.rag.routing.router import Route
from tests.pedalcast.rag.flow import BOTH, ask, shown


class TestOffline:
    @pytest.mark.parametrize(
        ("question", "text", "document"),
        [
            ("How much is a day pass?", "5,000 won", "passes.en"),
            ("일일권은 얼마예요?", "5,000원", "passes.ko"),
            ("Do I need a helmet?", "helmet", "helmets.en"),
            ("안전모를 써야 하나요?", "안전모", "helmets.ko"),
        ],
    )
    def test_quotes_documents_word_for_word(
        self, parts: AnswerComponents, question: str, text: str, document: str
    ) -> None:
        answer, events = ask(parts, question)
        assert text.removesuffix(" [1]") in answer.text
        assert "[1]" in answer.text
        assert (answer.by, answer.answered, answer.route) == ("extractive", True, Route.DOCUMENTS)
        assert answer.sources[0].evidence.passage.document_id == document
        for source in answer.sources:
            for item, start, end in source.quotes:
                whole = parts.retrieval.document_text(item.passage.document_id)
                assert whole is not None
                quote = item.passage.text[start:end]
                assert whole[item.passage.start + start : item.passage.start + end] == quote
                assert quote in answer.text
                assert f"[{source.number}]" in answer.text
        assert shown(events) == answer.text

    def test_says_how_a_station_stands(self, parts: AnswerComponents) -> None:
        answer, _ = ask(parts, "여의나루역 지금 몇 대 있어?")
        assert "자전거 8대" in answer.text
        assert (answer.by, answer.route, answer.flags) == ("live", Route.LIVE, ())
        assert answer.sources[0].evidence.kind == "station"

    def test_answers_both_with_one_numbering(self, parts: AnswerComponents) -> None:
        answer, _ = ask(parts, BOTH)
        assert answer.by == "live+extractive"
        assert [source.evidence.kind for source in answer.sources][:2] == ["station", "document"]
        assert [source.number for source in answer.sources] == list(range(1, len(answer.sources) + 1))
        live, documents = answer.text.split("\n\n")
        assert "[1]" in live
        assert "5,000 won" in documents
        assert "[2]" in documents

    def test_asks_which_station_is_meant(self, parts: AnswerComponents) -> None:
        answer, _ = ask(parts, "망원역 자전거 있어?")
        assert "어느 대여소" in answer.text
        assert (answer.answered, answer.sources) == (False, ())

    @pytest.mark.parametrize(("question", "lang"), [("zxqv wvut?", "en"), ("쀍뷁 뙑뚫?", "ko")])
    def test_says_that_there_is_no_source(self, parts: AnswerComponents, question: str, lang: str) -> None:
        answer, _ = ask(parts, question)
        assert answer.text.startswith(
            {"en": "I have no source for that.", "ko": "그 질문에 답할 자료가 없습니다."}[lang]
        )
        assert (answer.answered, answer.sources, answer.by) == (False, (), "fixed")

    @pytest.mark.parametrize(
        ("question", "route"), [("안녕하세요", Route.SMALL_TALK), ("write me a poem", Route.OUT_OF_SCOPE)]
    )
    def test_small_talk_and_other_tasks_search_nothing(
        self, parts: AnswerComponents, question: str, route: Route
    ) -> None:
        answer, _ = ask(parts, question)
        assert answer.route is route
        assert [entry["step"] for entry in answer.steps] == ["route", "rewrite", "answer"]

    def test_a_follow_up_is_understood_and_routed_anew(self, parts: AnswerComponents) -> None:
        history = [Turn("user", "여의나루역 자전거 있어?"), Turn("assistant", "8대 있습니다.")]
        answer, events = ask(parts, "30분 뒤에는?", history=history)
        assert "뒤인 10:35에는" in answer.text
        assert answer.findings.understanding.question.text == "30분 뒤에는?"
        understood = next(event for event in events if isinstance(event, QuestionUnderstood))
        assert understood.understanding.text == "207번 여의나루역 1번출구 앞 30분 뒤에는?"

    def test_every_step_is_timed(self, parts: AnswerComponents) -> None:
        answer, _ = ask(parts, BOTH)
        steps = [entry["step"] for entry in answer.steps]
        assert steps[:2] == ["route", "rewrite"]
        assert steps[-1] == "answer"
        assert {"live", "documents", "bm25"} <= set(steps)
        assert all(entry["ms"] >= 0 for entry in answer.steps)
