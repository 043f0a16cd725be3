"""Write the low-overlap set in BEIR's layout, so that any retrieval evaluation can read it.

    python -m tests.pedalcast.rag.low_overlap.export {ko,en} DIR

DIR gets `corpus.jsonl` (one help article a line; its paraphrases under `metadata.questions`),
`queries.jsonl`, `qrels/test.tsv` and `off_topic.jsonl` (questions that no article answers).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pedalcast.knowledge.articles import load_articles

HERE = Path(__file__).parent


def export(lang: str, folder: Path) -> None:
    asked = _read(HERE / f"{lang}.jsonl")
    off_topic = _read(HERE.parent / "off_topic" / f"{lang}.jsonl")
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    _write(folder / "corpus.jsonl", _corpus(lang))
    _write(folder / "queries.jsonl", map(_query, asked))
    _write(folder / "off_topic.jsonl", map(_query, off_topic))
    judged = "".join(f"{row['_id']}\t{row['article']}\t1\n" for row in asked)
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")


def _corpus(lang: str) -> Iterable[dict[str, Any]]:
    for a in load_articles():
        if a.lang == lang:
            metadata = {"lang": lang, "topic": a.topic, "questions": list(a.paraphrases)}
            yield {"_id": a.id, "title": a.title, "text": a.text, "metadata": metadata}


def _query(row: dict[str, Any]) -> dict[str, Any]:
    return {"_id": row["_id"], "text": row["text"], "metadata": {"lang": row["lang"]}}


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the low-overlap questions as a data set to evaluate on.")
    parser.add_argument("language", choices=("ko", "en"))
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    export(asked.language, asked.folder)
