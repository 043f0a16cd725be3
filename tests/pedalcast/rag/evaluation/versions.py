"""Write a data set anew with every document in several versions that differ in a line: an operator's folder of copies.

    python tests/pedalcast/rag/evaluation/versions.py DATA OUT [VERSIONS]

Every version of a right document is right; answers are as they were.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Any

_LINES = {"en": "This is edition {n} of this page.", "ko": "이 문서의 제{n}판입니다."}


def write(data: Path, out: Path, versions: int) -> None:
    """Each version is the document with a line of its own behind it; its id is the document's, a colon, its number."""
    (out / "qrels").mkdir(parents=True, exist_ok=True)
    for name in ("queries.jsonl", "answers.jsonl", "off_topic.jsonl"):
        if (data / name).exists():
            shutil.copy(data / name, out / name)
    documents = [json.loads(line) for line in (data / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps(_version(row, n), ensure_ascii=False) for row in documents for n in range(1, versions + 1)]
    (out / "corpus.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _judgements(data / "qrels" / "test.tsv", out / "qrels" / "test.tsv", versions)


def _version(row: dict[str, Any], n: int) -> dict[str, Any]:
    added = _LINES[(row.get("metadata") or {}).get("lang", "en")].format(n=n)
    return row | {"_id": f"{row['_id']}:{n}", "text": f"{row['text']}\n\n{added}"}


def _judgements(source: Path, target: Path, versions: int) -> None:
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    lines = [
        f"{row['query-id']}\t{row['corpus-id']}:{n}\t{row['score']}" for row in rows for n in range(1, versions + 1)
    ]
    target.write_text("query-id\tcorpus-id\tscore\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) not in {3, 4}:
        sys.exit(f"usage: {sys.argv[0]} DATA OUT [VERSIONS]")
    write(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) == 4 else 4)
