"""A worker: claims documents one after the other and works on each."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pedalcast.documents.ingestion.document_job import DocumentJob, IngestionParts

if TYPE_CHECKING:
    from pedalcast.rag.storage.document_index import DocumentIndex

LOOK_S = 0.5  # between two looks whether a document waits
CLEAN_S = 60.0


class DocumentWorker:
    """Works on documents round by round; `open_index` gives the index, None until there is one."""

    def __init__(self, parts: IngestionParts, open_index: Callable[[], DocumentIndex | None]) -> None:
        self._parts, self._open_index = parts, open_index
        self._clean_at = 0.0

    def run_round(self) -> int:
        """Work on every document that waits. Returns how many claims there were."""
        self._look()
        index = self._open_index()
        if index is None:
            return 0
        job, parts = DocumentJob(self._parts, index), self._parts
        count = 0
        while not parts.stopping.is_set() and (claim := parts.queue.claim()) is not None:
            job.work(claim)
            count += 1
        return count

    def _look(self) -> None:
        queue, metrics = self._parts.queue, self._parts.metrics
        waiting, oldest = queue.waiting()
        metrics.waiting.set(waiting)
        metrics.oldest.set(oldest)
        if time.monotonic() >= self._clean_at:
            queue.break_off_uploads()
            self._clean_at = time.monotonic() + CLEAN_S
