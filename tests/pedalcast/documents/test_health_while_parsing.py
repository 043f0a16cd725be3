"""`/health` answers about as fast while a large file is read, which happens in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import httpx

from tests.pedalcast.documents.document_service import DocumentClient
from tests.pedalcast.documents.parsing.test_reader import pdf

PAGES = 600
ASKED = 100
MOST_S = 0.1
RATIO = 20  # of a machine that others load meanwhile


def _seconds(client: httpx.Client, count: int) -> list[float]:
    seconds = []
    for _ in range(count):
        began = time.perf_counter()
        assert client.get("/health").status_code == 200
        seconds.append(time.perf_counter() - began)
    return seconds


def test_a_file_of_many_pages(documents: DocumentClient, eventually: Callable[[Callable[[], bool]], None]) -> None:
    client = documents.service.client
    lines = (f"1 0 0 1 50 {700 - 12 * n} Tm (Rule {n}: a tandem has two bells and stands at stall {n}.) Tj"
             for n in range(50))  # fmt: skip
    idle = median(_seconds(client, ASKED))
    document = documents.upload("rules.pdf", pdf(*lines, pages=PAGES)).json()["id"]
    eventually(lambda: documents.state(document) == "parsing")
    busy: list[float] = []
    while documents.state(document) == "parsing" and len(busy) < 10 * ASKED:
        busy += _seconds(client, 20)
    assert len(busy) >= ASKED, "the file was read too fast for this to say anything"
    busy.sort()
    assert busy[int(0.95 * len(busy))] < max(MOST_S, RATIO * idle), (idle, busy[-5:])
    assert documents.call("POST", f"/{document}/cancel").status_code in {200, 409}
