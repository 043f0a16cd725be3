"""Documents and live stations side by side: each may fail or be slow, and the other answers."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from pedalcast.rag.answer.answer_types import AnswerComponents
from pedalcast.rag.live.service import LiveService
from pedalcast.rag.live.types import Fleet, LiveDataError
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.types import RetrievalResult
from tests.pedalcast.rag.flow import BOTH, PATIENT, PRICE, ask
from tests.pedalcast.rag.live.city import City, small_city

HURRIED = 0.2  # seconds


class _Away(City):
    """Stations whose store is away, or slow."""

    def fleet(self) -> Fleet | None:
        raise LiveDataError("away")


class _Slow(City):
    """Stations whose store answers once the test is over."""

    over: threading.Event

    def fleet(self) -> Fleet | None:
        self.over.wait(60)
        return super().fleet()


class _SlowRetrieval:
    """The real index behind a line that is free once the test is over."""

    def __init__(self, retrieval: RetrievalPipeline, over: threading.Event) -> None:
        self._retrieval = retrieval
        self._over = over

    def search(self, *asked: Any, **how: Any) -> RetrievalResult:
        self._over.wait(60)
        return self._retrieval.search(*asked, **how)

    def __getattr__(self, name: str) -> object:
        return getattr(self._retrieval, name)


@pytest.fixture
def over() -> threading.Event:
    return threading.Event()


class TestOneLegFails:
    def test_stations_away_leave_the_documents(self, parts: AnswerComponents) -> None:
        answer, _ = ask(replace(parts, live=LiveService(_Away(small_city().stations, {}))), PRICE)
        assert "5,000 won" in answer.text
        assert answer.notes == ("live stations: left out, LiveDataError",)

    def test_a_live_question_says_that_live_data_are_away(self, parts: AnswerComponents) -> None:
        away = replace(parts, live=LiveService(_Away(small_city().stations, {})))
        answer, _ = ask(away, "Are there any bikes at station 102?")
        assert answer.text == "Live data cannot be read at the moment. Please ask again shortly."
        assert not answer.answered

    def test_slow_stations_leave_the_documents(self, parts: AnswerComponents, over: threading.Event) -> None:
        city = _Slow(small_city().stations, {})
        city.over = over
        slow = replace(parts, live=LiveService(city), limits=replace(PATIENT, live=HURRIED))
        answer, _ = ask(slow, PRICE, over=over)
        assert "5,000 won" in answer.text
        assert answer.notes == (f"live stations: left out, slower than {HURRIED} s",)

    def test_slow_documents_leave_the_stations(self, parts: AnswerComponents, over: threading.Event) -> None:
        slow = _SlowRetrieval(parts.retrieval, over)
        hurried = replace(PATIENT, documents=HURRIED)
        limited = replace(parts, retrieval=slow, limits=hurried)  # type: ignore[arg-type]
        answer, _ = ask(limited, BOTH, over=over)
        assert "211 Gaon Tower has 6 bikes" in answer.text
        assert answer.by == "live"
        assert f"documents: left out, slower than {HURRIED} s" in answer.notes
