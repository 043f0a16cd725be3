# ruff: noqa: T201 - a command: what it prints is its result
"""How little the low-overlap questions share with the articles that answer them.

    python tests/pedalcast/rag/low_overlap/overlap.py [--json] [--above 0.5]

For each language: the mean share of a question's content words (Kiwi morphemes; English stems) that occur in the title
or text of its article, the same for the articles' own paraphrases as a yardstick, the largest likeness (0 to
100, edit distance) to any paraphrase, and how often BM25 over titles and texts puts the right article first.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any

from kiwipiepy import Kiwi  # type: ignore[import-untyped]
from rank_bm25 import BM25Okapi  # type: ignore[import-untyped]
from rapidfuzz import fuzz, process
from snowballstemmer import stemmer  # type: ignore[import-untyped]

from pedalcast.knowledge.articles import Article, load_articles

FOLDER = Path(__file__).parent
CARRIERS = ("NN", "NR", "SL", "SN", "SH", "XR", "VV", "VA", "MAG", "MM")
# Function words and the verbs and nouns that stand in for them: sharing these says nothing about what is asked.
LIGHT_KO = frozenset(
    [
        "하",
        "있",
        "없",
        "되",
        "것",
        "거",
        "수",
        "때",
        "데",
        "어떻",
        "어떤",
        "무슨",
        "왜",
        "언제",
        "어디",
        "이",
        "그",
        "저",
        "안",
        "못",
    ]
)
LIGHT_EN = frozenset(
    word
    for line in (
        "a about after all am an and any are as at be been before by can could did do does for from get go had has",
        "have how i if in into is it its just ll me my no not of off on one or our out over s should so some t than",
        "that the their them then there these they this to too up ve was we were what when where which who why will",
        "with would you your",
    )
    for word in line.split()
)


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    article: str


def load_questions(lang: str, folder: Path = FOLDER) -> list[Question]:
    lines = (folder / f"{lang}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Question(row["_id"], row["text"], row["article"]) for row in map(json.loads, lines)]


@cache
def kiwi() -> Kiwi:
    return Kiwi(num_workers=1)


def words(text: str, lang: str) -> list[str]:
    """The content words of a text: Korean morphemes that carry meaning, English stems without function words."""
    if lang == "ko":
        found = ((t.form.lower(), t.tag) for t in kiwi().tokenize(text))
        return [form for form, tag in found if tag.startswith(CARRIERS) and form not in LIGHT_KO]
    stem = stemmer("english").stemWord
    return [stem(w) for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in LIGHT_EN]


def shared(question: str, known: set[str], lang: str) -> float:
    """The share of the question's content words that are known; 0 where it has none."""
    asked = set(words(question, lang))
    return len(asked & known) / len(asked) if asked else 0.0


def measure(lang: str) -> dict[str, Any]:
    articles = {a.id: a for a in load_articles() if a.lang == lang}
    listed = {key: words(f"{a.title}\n{a.text}", lang) for key, a in articles.items()}
    known = {key: set(found) for key, found in listed.items()}
    questions = load_questions(lang)
    overlap = {q.id: shared(q.text, known[q.article], lang) for q in questions}
    return {
        "questions": len(questions),
        "overlap": round(mean(overlap.values()), 3),
        "overlap_of_alternatives": round(mean(_of_alternatives(articles, known, lang)), 3),
        "keyword_hit_1": round(_keyword_hits(questions, listed, lang), 3),
        "likeness_max": max(_likeness(q, articles) for q in questions),
        "by_question": {key: round(value, 3) for key, value in overlap.items()},
    }


def _of_alternatives(articles: dict[str, Article], known: dict[str, set[str]], lang: str) -> list[float]:
    return [shared(text, known[key], lang) for key, a in articles.items() for text in a.paraphrases]


def _likeness(question: Question, articles: dict[str, Article]) -> float:
    """The likeness to the nearest paraphrase of any article."""
    listed = [text.casefold() for a in articles.values() for text in a.paraphrases]
    best = process.extractOne(question.text.casefold(), listed, scorer=fuzz.ratio)
    return round(float(best[1]), 1)


def _keyword_hits(questions: list[Question], listed: dict[str, list[str]], lang: str) -> float:
    keys = list(listed)
    index = BM25Okapi(list(listed.values()))
    hits = 0
    for question in questions:
        scores = index.get_scores(words(question.text, lang))
        hits += bool(scores.max() > 0) and keys[int(scores.argmax())] == question.article
    return hits / len(questions)


def main() -> None:
    parser = argparse.ArgumentParser(description="Overlap of the low-overlap questions with the help articles.")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--above", type=float, default=1.1, help="list the questions that share more than this")
    options = parser.parse_args()
    report = {lang: measure(lang) for lang in ("ko", "en")}
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
        return
    for lang, figures in report.items():
        by_question = figures.pop("by_question")
        print(lang, "  ".join(f"{name} {value}" for name, value in figures.items()))
        texts = {q.id: q.text for q in load_questions(lang)}
        for key in (key for key, value in by_question.items() if value > options.above):
            print(f"  {by_question[key]:.2f} {key}: {texts[key]}")


if __name__ == "__main__":
    main()
