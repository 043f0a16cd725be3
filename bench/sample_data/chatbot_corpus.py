"""Real sentences in both languages, put together anew into as many chunks as are wanted, and questions to ask them."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bench
from pedalcast.knowledge.articles import load_articles
from pedalcast.rag.text.segmentation import sentences
from pedalcast.rag.types import Document

SHARED = Path(bench.__file__).resolve().parents[2] / "shared" / "data" / "rag"  # data sets beside the checkout, if any
LENGTH = {"en": 600, "ko": 450}  # characters, about 120 tokens; each document makes one chunk


def documents(lang: str, count: int) -> Iterator[Document]:
    """`count` documents of one chunk each: sentences drawn from the help and, where it is there, a public data set."""
    pool = [piece for text in _texts(lang) for piece in _pieces(text)]
    draw = random.Random(7)  # the same text every time
    for number in range(count):
        sentences_drawn: list[str] = []
        while sum(map(len, sentences_drawn)) < LENGTH[lang]:
            sentences_drawn.append(draw.choice(pool))
        yield Document(f"{lang}-{number}", "", " ".join(sentences_drawn[:-1] or sentences_drawn), lang=lang)


def questions(lang: str, count: int) -> list[str]:
    """`count` questions, half of riders and half of the data set's where it is there, evenly spread."""
    riders = [question for article in load_articles() if article.lang == lang for question in article.paraphrases]
    others = _scifact_questions() if lang == "en" else [q for p in _korquad() for q in p["asked"]]
    halves = [_spread(riders, count // 2 if others else count), _spread(others, count - count // 2)]
    return [question for half in halves for question in half]


def _spread(rows: list[str], count: int) -> list[str]:
    return [rows[n * len(rows) // count] for n in range(count)] if rows else []


def _pieces(text: str) -> list[str]:
    pieces = [text[start:stop].replace("\n", " ") for start, stop in sentences(text)]
    return [piece for piece in pieces if 20 <= len(piece) <= 300 and not piece.startswith(("#", "|"))]


def _texts(lang: str) -> list[str]:
    more = _scifact() if lang == "en" else [paragraph["text"] for paragraph in _korquad()]
    return [article.text for article in load_articles() if article.lang == lang] + more


def _scifact() -> list[str]:
    return [row["text"] for row in _rows(SHARED / "scifact" / "corpus.jsonl")]


def _scifact_questions() -> list[str]:
    return [row["text"] for row in _rows(SHARED / "scifact" / "queries.jsonl")]


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _korquad() -> list[dict[str, Any]]:
    path = SHARED / "korquad" / "KorQuAD_v1.0_dev.json.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    return [{"text": p["context"], "asked": [q["question"] for q in p["qas"]]} for p in paragraphs]
