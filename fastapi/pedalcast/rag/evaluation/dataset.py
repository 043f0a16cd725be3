"""Data sets in BEIR's layout, with answers and off-topic questions where there are any."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pedalcast.rag.text.segmentation import language
from pedalcast.rag.types import Document

_BUILT_IN = Path(__file__).parent / "off_topic"


@dataclass(frozen=True, slots=True)
class Query:
    """A question, the documents that are right for it (grade above 0), and the answers, empty where not known."""

    id: str
    text: str
    lang: str
    relevant: Mapping[str, int]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Documents, judged questions, and questions that the documents do not answer."""

    name: str
    documents: tuple[Document, ...]
    queries: tuple[Query, ...]
    off_topic: tuple[Query, ...]
    off_topic_source: str


def load(folder: Path) -> Dataset:
    """Read `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`, and if present `answers.jsonl`, `off_topic.jsonl`.

    Without `off_topic.jsonl` (lines of `{_id, text}`), the built-in off-topic questions of the same language are used.
    A document may carry `questions`, `url` and `topic`, at the top or in `metadata`. Questions without a judged
    document are left out.
    """
    relevant, answers = _judgements(folder / "qrels" / "test.tsv"), _answers(folder / "answers.jsonl")
    queries = tuple(
        Query(row["_id"], row["text"], _lang(row), relevant[row["_id"]], answers.get(row["_id"], ()))
        for row in _rows(folder / "queries.jsonl")
        if row["_id"] in relevant
    )
    if not queries:
        raise ValueError(f"{folder}: no question has a judged document")
    off_topic_file = folder / "off_topic.jsonl"
    if off_topic_file.exists():
        off, source = (
            tuple(Query(r["_id"], r["text"], _lang(r), {}, ()) for r in _rows(off_topic_file)),
            off_topic_file.name,
        )
    else:
        off = tuple(query for lang in sorted({query.lang for query in queries}) for query in built_in(lang))
        source = "built-in"
    return Dataset(folder.name, documents(folder), queries, off, source)


def documents(corpus: Path) -> tuple[Document, ...]:
    """The documents of a corpus.jsonl, or of the one in a folder."""
    return tuple(_document(row) for row in _rows(corpus / "corpus.jsonl" if corpus.is_dir() else corpus))


def _document(row: Mapping[str, Any]) -> Document:
    meta = row.get("metadata") or {}
    return Document(
        id=row["_id"], title=row.get("title") or "", text=row["text"], lang=_checked_language(row), url=row.get("url"),
        topic=row.get("topic") or meta.get("topic"),
        paraphrases=tuple(row.get("questions") or meta.get("questions") or ()),
    )  # fmt: skip


def built_in(lang: str) -> list[Query]:
    """Questions of a language that hardly any documents answer."""
    return _listed(_BUILT_IN / f"{lang}.txt", lang)


def near_misses(lang: str) -> list[Query]:
    """Questions of a language that sound as if they were put to a bike share's help, which does not answer them: for
    learning. None of them is used for measuring."""
    return _listed(_BUILT_IN / f"near-{lang}.txt", lang)


def _listed(path: Path, lang: str) -> list[Query]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Query(f"off-{path.stem}-{n}", line, lang, {}, ()) for n, line in enumerate(lines) if line.strip()]


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    relevance: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if int(row["score"]) > 0:
                relevance.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return relevance


def _answers(path: Path) -> dict[str, tuple[str, ...]]:
    return {row["_id"]: tuple(row["answers"]) for row in _rows(path)} if path.exists() else {}


def _checked_language(row: Mapping[str, Any]) -> str | None:
    lang = (row.get("metadata") or {}).get("lang")
    return lang if lang in {"ko", "en"} else None


def _lang(row: Mapping[str, Any]) -> str:
    return _checked_language(row) or language(row["text"])


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]
