"""Keeps a claim while its document is worked on, and notices when it is lost."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import DBAPIError

from pedalcast.documents.ingestion.document_queue import Claim, ClaimLostError, DocumentQueue

BEAT_S = 1.0
log = structlog.get_logger(__name__)


class WorkerStoppingError(Exception):
    """The worker is told to stop; the document goes back."""


class ClaimKeeper:
    """A heartbeat in a thread of its own, at most `seconds` long: work that hangs loses its claim then.

    It writes the pages read so far with every beat.
    """

    def __init__(self, queue: DocumentQueue, claim: Claim, seconds: float, stopping: threading.Event) -> None:
        self._queue, self._claim, self._stopping = queue, claim, stopping
        self._until = time.monotonic() + seconds
        self._lost, self._over = threading.Event(), threading.Event()
        self._pages = (0, 0)
        self._thread = threading.Thread(target=self._keep, name="document-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def pages(self, done: int, total: int) -> None:
        """Note how many pages have been read."""
        self._pages = done, total

    def must_stop(self) -> bool:
        """Whether there is no sense in going on."""
        return self._lost.is_set() or self._stopping.is_set()

    def check(self) -> None:
        """Raises `ClaimLostError` or `WorkerStoppingError` where there is no sense in going on."""
        if self._lost.is_set():
            raise ClaimLostError(self._claim.id)
        if self._stopping.is_set():
            raise WorkerStoppingError

    def _keep(self) -> None:
        every = min(BEAT_S, self._queue.lease_s / 3)
        while not self._over.wait(every):
            if time.monotonic() > self._until:
                log.warning("document takes too long, given up", document_id=self._claim.id)
                self._lost.set()
                return
            done, total = self._pages
            try:
                self._queue.extend(self._claim, **({"pages_done": done, "pages_total": total} if total else {}))
            except ClaimLostError:
                self._lost.set()
                return
            except DBAPIError as error:  # the fence keeps what is written afterwards right
                log.warning("database unavailable, heartbeat not written", error=type(error).__name__)
