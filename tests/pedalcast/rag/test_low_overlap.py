"""The low-overlap and off-topic questions: complete, well-formed, and as far from the help's wording as they claim."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz

from pedalcast.knowledge.articles import load_articles

HERE = Path(__file__).parent
LOW, OFF = HERE / "low_overlap", HERE / "off_topic"
ARTICLES = load_articles()
both = pytest.mark.parametrize("lang", ["ko", "en"])


def rows(folder: Path, lang: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{lang}.jsonl").read_text(encoding="utf-8").splitlines()]


def run(script: str, *arguments: str) -> str:
    command = [sys.executable, str(LOW / script), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run("overlap.py", "--json"))
    return report


@both
class TestLowOverlap:
    def test_every_article_is_asked_about_three_times_or_more(self, lang: str) -> None:
        asked = Counter(row["article"] for row in rows(LOW, lang))
        assert asked.keys() == {a.id for a in ARTICLES if a.lang == lang}
        assert min(asked.values()) >= 3
        assert asked.total() >= 110

    def test_rows_are_well_formed_and_unique(self, lang: str) -> None:
        listed = rows(LOW, lang)
        assert all(row.keys() == {"_id", "text", "lang", "article"} and row["lang"] == lang for row in listed)
        assert len({row["_id"] for row in listed}) == len({row["text"] for row in listed}) == len(listed)

    def test_few_words_are_shared_with_the_article_that_answers(self, lang: str, measured: dict[str, Any]) -> None:
        assert measured[lang]["overlap"] < 0.15
        assert max(measured[lang]["by_question"].values()) < 0.7
        # the same measure does see shared words where there are some
        assert measured[lang]["overlap_of_alternatives"] > 3 * measured[lang]["overlap"]

    def test_keywords_alone_do_not_find_the_article(self, lang: str, measured: dict[str, Any]) -> None:
        assert measured[lang]["keyword_hit_1"] < 0.2

    def test_no_question_is_a_variant_of_an_alternative_question(self, lang: str) -> None:
        listed = [question.casefold() for a in ARTICLES for question in a.paraphrases]
        asked = [row["text"].casefold() for row in rows(LOW, lang)]
        assert [(q, known) for q in asked for known in listed if fuzz.ratio(q, known) > 80] == []


@both
class TestOffTopic:
    def test_sixty_questions_none_of_them_among_the_others(self, lang: str) -> None:
        listed = rows(OFF, lang)
        assert all(row.keys() == {"_id", "text", "lang"} and row["lang"] == lang for row in listed)
        texts = {row["text"] for row in listed}
        assert len(texts) == len({row["_id"] for row in listed}) == len(listed) == 60
        assert not texts & {row["text"] for row in rows(LOW, lang)}
        assert not texts & {question for a in ARTICLES for question in a.paraphrases}


@both
class TestExport:
    def test_writes_beirs_layout_in_which_every_judgement_resolves(self, lang: str, tmp_path: Path) -> None:
        run("export.py", lang, str(tmp_path))
        ids = {
            name: {json.loads(line)["_id"] for line in (tmp_path / f"{name}.jsonl").read_text("utf-8").splitlines()}
            for name in ("corpus", "queries", "off_topic")
        }
        header, *judged = (tmp_path / "qrels" / "test.tsv").read_text("utf-8").splitlines()
        assert header == "query-id\tcorpus-id\tscore"
        assert {line.split("\t")[0] for line in judged} == ids["queries"]
        assert {line.split("\t")[1] for line in judged} == ids["corpus"]
        assert len(ids["off_topic"]) == 60
