"""How well files are read, against what a reader sees: `python -m pedalcast documents evaluate FOLDER`.

The folder holds `index.jsonl` with a line a file: `file`, `type`, `traits` and `expect` (`state`, `contains`,
`not_contains`, `order`, `table_rows`, …), and the files. Compared without white space.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pedalcast.documents.parsing.child_process import ParseLimits, parse_in_child
from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError

_SPACE = re.compile(r"[\s\u0002\u00ad]+")
ExpectationCheck = tuple[str, bool, str]


def evaluate_folder(folder: Path, limits: ParseLimits) -> dict[str, Any]:
    """The share of expectations that hold, in all, by type and by kind of expectation; what does not hold; seconds."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    missed = []
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        for kind, holds, what in _checks(folder, entry, limits):
            for group in ("all", f"type {entry['type']}", f"expect {kind}", *(f"trait {t}" for t in entry["traits"])):
                counts[group][0] += holds
                counts[group][1] += 1
            if not holds:
                missed.append(f"{entry['id']}: {kind}: {what}")
    return {"held": {group: f"{held}/{total}" for group, (held, total) in counts.items()}, "missed": missed}


def _checks(folder: Path, entry: dict[str, Any], limits: ParseLimits) -> Iterator[ExpectationCheck]:
    expect = entry["expect"]
    try:
        document = parse_in_child(folder / entry["file"], Path(entry["file"]).name, limits)
    except ParseError as error:
        failed = expect["state"] == "failed" or str(expect.get("also_ok") or "").startswith("failed")
        yield "state", failed, f"failed: {error.code}"
        if not failed:
            for key in ("contains", "order", "table_rows"):
                yield from ((key, False, "failed") for _ in expect.get(key) or ())
        return
    ready = expect["state"] == "ready" or str(expect.get("also_ok") or "").startswith("ready")
    yield "state", ready, "ready"
    yield from _contents(document, expect)


def _contents(document: ParsedDocument, expect: dict[str, Any]) -> Iterator[ExpectationCheck]:
    for item in expect.get("contains") or ():
        yield "contains", _bare(item["text"]) in _bare(_page(document, item.get("page"))), item["text"]
    for text in expect.get("not_contains") or ():
        yield "not_contains", _bare(text) not in _bare(document.text), text
    orders = [{"order": expect.get("order") or [], "page": expect.get("order_page")}, *(expect.get("order_more") or ())]
    for item in orders:
        if item["order"]:
            yield "order", _in_order(_page(document, item.get("page")), item["order"]), " < ".join(item["order"])
    for item in expect.get("table_rows") or ():
        lines = _page(document, item.get("page")).split("\n")
        yield "table_rows", any(_in_order(line, item["row"]) for line in lines), " | ".join(item["row"])
    for text in [*(expect.get("alt_text") or ()), *(expect.get("numbering_seen") or ())]:
        yield "alt_text, numbers", _bare(text) in _bare(document.text), text
    if expect.get("title"):
        yield "title", _bare(expect["title"]) == _bare(document.title), document.title


def _page(document: ParsedDocument, number: int | None) -> str:
    if number is None or not document.page_starts:
        return document.text
    return document.page(number) if number <= len(document.page_starts) else ""


def _in_order(text: str, parts: list[str]) -> bool:
    bare, at = _bare(text), 0
    for part in map(_bare, parts):
        at = bare.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _bare(text: str) -> str:
    return _SPACE.sub("", text)
