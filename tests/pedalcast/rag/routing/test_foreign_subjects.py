"""Near misses are told from questions about the service."""

from __future__ import annotations

import pytest

from pedalcast.rag.routing.foreign_subjects import foreign_subject


class TestForeignSubject:
    @pytest.mark.parametrize(
        "question",
        ["do I need a licence for a moped", "킥보드는 어디다 세워야 돼?", "is there a student discount", "내일 비 와?",
         "my train was late, can I get a refund", "what's the weather tomorrow"],
    )  # fmt: skip
    def test_what_the_texts_do_not_have(self, question: str) -> None:
        assert foreign_subject(question, lambda _: False)

    @pytest.mark.parametrize(
        "question",
        [
            "do I need a licence",
            "비 오는 날에도 탈 수 있어요?",
            "내일 비 오면 대여 되나요?",
            "can I ride if it rains tomorrow",
        ],
    )
    def test_the_service_itself_is_no_foreign_subject(self, question: str) -> None:
        assert foreign_subject(question, lambda _: False) is None

    def test_what_the_texts_have_is_theirs(self) -> None:
        assert foreign_subject("where do I park the scooter", lambda word: word == "scooter") is None
