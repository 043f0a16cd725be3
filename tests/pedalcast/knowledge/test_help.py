"""The built-in help keeps its own promises: the same topics in two languages, the same facts in all articles."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import pytest
from rapidfuzz import fuzz, process

from pedalcast.knowledge.articles import CITY, HELP, Article, load_articles
from pedalcast.knowledge.contradictions import contradictions

ARTICLES = load_articles()
CITY_SETTINGS = tomllib.loads((HELP / CITY).read_text(encoding="utf-8"))
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")

every_article = pytest.mark.parametrize("article", ARTICLES, ids=lambda a: f"{a.lang}/{a.id}")


def of(lang: str) -> dict[str, Article]:
    return {a.id: a for a in ARTICLES if a.lang == lang}


def source(article: Article) -> str:
    return article.path.read_text(encoding="utf-8")


class TestEveryArticle:
    @every_article
    def test_is_named_after_its_file_and_dated(self, article: Article) -> None:
        assert article.path == HELP / article.lang / f"{article.id}.md"
        assert isinstance(article.updated, date)

    @every_article
    def test_is_of_a_readable_length_under_several_headings(self, article: Article) -> None:
        size, low, high = (
            (len(article.text), 400, 1200) if article.lang == "ko" else (len(article.text.split()), 150, 400)
        )
        assert low <= size <= high
        assert len(re.findall(r"^## ", article.text, re.MULTILINE)) >= 3

    @every_article
    def test_has_twenty_different_questions_or_more(self, article: Article) -> None:
        assert 20 <= len(article.paraphrases) <= 50
        assert len(set(article.paraphrases)) == len(article.paraphrases)

    @every_article
    def test_with_settings_of_the_city_is_marked_as_demo(self, article: Article) -> None:
        assert article.demo or not PLACEHOLDER.search(source(article))

    @every_article
    def test_writes_no_price_into_the_text(self, article: Article) -> None:
        assert not re.search(r"\d[\d,.]*\s?(만\s?)?(원|won|KRW)\b", source(article))


class TestBothLanguages:
    def test_cover_the_same_topics(self) -> None:
        assert len(of("ko")) == 43
        assert of("ko").keys() == of("en").keys()

    @pytest.mark.parametrize("stem", sorted(of("ko")))
    def test_name_the_same_settings_topic_and_mark(self, stem: str) -> None:
        korean, english = of("ko")[stem], of("en")[stem]
        assert set(PLACEHOLDER.findall(source(korean))) == set(PLACEHOLDER.findall(source(english)))
        assert (korean.topic, korean.demo) == (english.topic, english.demo)
        assert korean.text.count("\n## ") == english.text.count("\n## ")

    @pytest.mark.parametrize("stem", sorted(of("ko")))
    def test_state_the_same_numbers_from_ten_on(self, stem: str) -> None:
        korean, english = (PLACEHOLDER.sub("", source(of(lang)[stem]).split("---\n", 2)[2]) for lang in ("ko", "en"))
        assert set(re.findall(r"\d{2,}", korean)) == set(re.findall(r"\d{2,}", english))

    @pytest.mark.parametrize("lang", ["ko", "en"])
    def test_ask_no_question_under_two_articles(self, lang: str) -> None:
        asked = [question.casefold() for a in of(lang).values() for question in a.paraphrases]
        assert len(set(asked)) == len(asked)

    @pytest.mark.parametrize("lang", ["ko", "en"])
    def test_ask_nearly_no_question_under_two_articles(self, lang: str) -> None:
        asked = [(question.casefold(), a.id) for a in of(lang).values() for question in a.paraphrases]
        likeness = process.cdist([q for q, _ in asked], [q for q, _ in asked], scorer=fuzz.ratio, score_cutoff=92)
        alike = [(asked[i], asked[j]) for i, j in zip(*likeness.nonzero(), strict=True) if asked[i][1] < asked[j][1]]
        assert alike == []

    def test_contradict_each_other_in_no_declared_fact(self) -> None:
        assert [str(each) for each in contradictions(ARTICLES)] == []

    @pytest.mark.parametrize("stem", sorted(of("ko")))
    def test_declare_the_same_facts(self, stem: str) -> None:
        korean, english = of("ko")[stem], of("en")[stem]
        assert korean.facts.keys() == english.facts.keys()

    def test_are_written_in_their_script(self) -> None:
        assert all(re.search("[가-힣]", a.title + a.text) for a in of("ko").values())
        assert not any(re.search("[가-힣]", a.title + a.text) for a in of("en").values())


class TestSettings:
    def test_are_all_used(self) -> None:
        assert set(CITY_SETTINGS) == {key for a in ARTICLES for key in PLACEHOLDER.findall(source(a))}

    @pytest.mark.parametrize("key", sorted(CITY_SETTINGS))
    def test_have_a_value_a_unit_and_two_texts(self, key: str) -> None:
        assert set(CITY_SETTINGS[key]) == {"value", "unit", "ko", "en"}

    @pytest.mark.parametrize("key", sorted(k for k, s in CITY_SETTINGS.items() if isinstance(s["value"], int | float)))
    def test_show_the_value_they_hold(self, key: str) -> None:
        setting = CITY_SETTINGS[key]
        for text in (setting["ko"], setting["en"]):
            digits = re.search(r"\d[\d,.]*", text)
            assert digits
            shown = float(digits[0].replace(",", "")) * (10_000 if "만 원" in text else 1)
            assert shown == setting["value"]

    def test_are_announced_as_the_demo_citys(self) -> None:
        assert "DEMO CITY" in (HELP / CITY).read_text(encoding="utf-8").splitlines()[0]
