"""Answers are scored against what is expected and what the API says at that moment."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pedalcast.knowledge.articles import load_articles
from pedalcast.riders.catalogue import Expectation, RiderQuestion, RiderVerdict, load_questions
from pedalcast.riders.marking import MarkedAnswer, verdict_of
from pedalcast.riders.scoreboard import page, scoreboard
from pedalcast.riders.station_answers import CityNow

OVERLAY = Path(__file__).parent / "open_half.jsonl"  # what the open half's questions expect since articles changed
NOW = CityNow(
    {
        "A": {"bikes": 0, "docks": 9, "lat": 37.5, "lon": 127.0},
        "B": {"bikes": 5, "docks": 0, "lat": 37.503, "lon": 127.0},
        "C": {"bikes": 2, "docks": 4, "lat": 37.51, "lon": 127.0},
    },
    {
        "A": {
            "horizons": [{"minutes": 20, "p_bike": 0.25, "p_dock": 1.0}, {"minutes": 30, "p_bike": 0.4, "p_dock": 1.0}]
        }
    },
)


def _answer(
    text: str, *cited: str, answered: bool = True, route: str = "live", kind: str = "station"
) -> dict[str, Any]:
    prefix = "station:" if kind == "station" else ""
    sources = [{"type": kind, "document_id": f"{prefix}{name}"} for name in cited]
    return {"answer": text, "sources": sources, "metadata": {"answered": answered, "rag_type": route}}


def _live(text: str, *stations: str, features: tuple[str, ...] = (), want: str = "") -> RiderQuestion:
    expect = Expectation("live", stations=stations, features=frozenset(features), want=want)
    return RiderQuestion("q", "en", "live", text, (), expect)


class TestStations:
    @pytest.mark.parametrize(
        ("question", "answer", "verdict"),
        [
            (_live("any at B", "B"), _answer("B has 5 bikes now.", "B"), "right"),
            (_live("any at B", "B"), _answer("B has 4 bikes now.", "B"), "partly"),
            (_live("any at B", "B"), _answer("Which one?", answered=False), "wrongly refused"),
            (_live("within 500 m of A", "A", features=("radius",)), _answer("B has 5 bikes.", "A", "B"), "right"),
            (_live("within 500 m of A", "A", features=("radius",)), _answer("C has 2 bikes.", "A", "C"), "wrong"),
            (_live("within 300m of A", "A", features=("radius",)), _answer("None within 300 m.", "A"), "right"),
            (_live("not at B", "B", features=("negation", "docks")), _answer("A has 9 docks.", "B", "A"), "right"),
            (_live("tomorrow", "A", features=("time beyond",)), _answer("Only 60 minutes ahead.", "A"), "right"),
            (_live("in 20 min", "A", features=("time",)), _answer("The probability is 25%.", "A"), "right"),
            (_live("in 20 min", "A", features=("time",)), _answer("The probability is 99%.", "A"), "partly"),
            (_live("A or B", "A", "B", features=("comparison",)), _answer("A: 0 bikes, B: 5 bikes, more.", "A", "B"),
             "right"),
            (_live("docks at B", "B", features=("docks",), want="free docks at B; if none, near ones"),
             _answer("B has no free docks.", "B"), "partly"),
        ],
    )  # fmt: skip
    def test_scored_by_the_facts(self, question: RiderQuestion, answer: Mapping[str, Any], verdict: str) -> None:
        assert verdict_of(question, answer, NOW) == verdict


class TestArticles:
    expect = Expectation("article", articles=("passes",), says=(("costs 5,000",), ("24 hours", "one day")))

    @pytest.mark.parametrize(
        ("text", "document", "verdict"),
        [
            ("It costs\n5,000 won [1] for 24 hours [1].", "passes.en", "right"),
            ("It costs 5,000 won.", "passes.en", "partly"),
            ("It costs 5,000 won for one day.", "refund.en", "wrong"),
        ],
    )
    def test_scored_by_article_and_sentence(self, text: str, document: str, verdict: str) -> None:
        question = RiderQuestion("q", "en", "article", "how much", (), self.expect)
        answer = _answer(text, document, route="documents", kind="document")
        assert verdict_of(question, answer, None) == verdict

    def test_nothing_may_be_claimed_where_refusing_is_right(self) -> None:
        question = RiderQuestion("q", "en", "refuse", "who won", (), Expectation("refuse"))
        assert verdict_of(question, _answer("x", "passes.en", kind="document"), None) == "wrongly answered"
        assert verdict_of(question, _answer("no", answered=False, route="documents"), None) == "right"
        assert verdict_of(question, _answer("no such station", answered=False), None) == "partly"


class TestFiles:
    def test_an_overlay_replaces_what_is_expected(self, tmp_path: Path) -> None:
        row = {"id": "q", "lang": "en", "kind": "article", "question": "how", "history": [],
               "expect": {"type": "article", "articles": ["a"], "says": [["x"]]}}  # fmt: skip
        (tmp_path / "questions.jsonl").write_text(json.dumps(row))
        overlay = tmp_path / "overlay.jsonl"
        overlay.write_text(json.dumps({"id": "q", "why": "moved", "expect": {"type": "article", "articles": ["b"]}}))
        assert load_questions(tmp_path)[0].expect.articles == ["a"]
        assert load_questions(tmp_path, overlay)[0].expect.articles == ["b"]
        overlay.write_text(json.dumps({"id": "other", "expect": {"type": "refuse"}}))
        with pytest.raises(ValueError, match="no such questions: other"):
            load_questions(tmp_path, overlay)

    def test_figures_count_by_kind_and_compare_with_the_hand(self) -> None:
        question = _live("any at B", "B")
        marked = [MarkedAnswer(question, _answer("B has 4 bikes now.", "B"), RiderVerdict.PARTLY, 0.1)]
        figures = scoreboard(marked, {"q": RiderVerdict.RIGHT})
        assert figures["live"]["partly"] == figures["all"]["questions"] == 1
        assert figures["agreement"]["apart"] == {"q": "machine partly, hand right"}
        assert "B has 4 bikes now." in page(marked, figures)


class TestOverlay:
    def test_asks_for_what_the_articles_say(self) -> None:
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for article in load_articles():
            texts[article.id].append(article.text)
        for row in map(json.loads, OVERLAY.read_text(encoding="utf-8").splitlines()):
            assert row.keys() == {"id", "expect", "why"}
            for pieces in row["expect"]["says"]:
                said = [piece for piece in pieces for id_ in row["expect"]["articles"] if piece in " ".join(texts[id_])]
                assert said, row["id"]
