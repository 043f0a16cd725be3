"""After a change of the embedding model: every bot's chunks get vectors by the new one, the built-in help's too."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from pedalcast.forecasts.leadership.lease import Lease

if TYPE_CHECKING:
    import redis

    from pedalcast.rag.storage.document_index import DocumentIndex

LEASE_KEY = "lease:embedding"  # one process at a time, beside another's `lease:embedding:fence`
LEASE_TTL = timedelta(minutes=2)  # longer than a batch takes
log = structlog.get_logger(__name__)


class StoppedError(Exception):
    """The process stops, or another one has taken over; what is done stays done."""


class ReEmbedding:
    """The background job. `open_index` gives the index, None until there is one."""

    def __init__(
        self, client: redis.Redis, open_index: Callable[[], DocumentIndex | None], stopping: threading.Event
    ) -> None:
        self._open_index, self._stopping = open_index, stopping
        self._lease = Lease(client, ttl=LEASE_TTL, key=LEASE_KEY)
        self._said: set[str] = set()
        self._waiting = 0

    def run_round(self) -> None:
        """Embed what the change has left behind, if anything, unless another process does."""
        index = self._open_index()
        if index is None or not index.writes_vectors:
            return
        behind = index.behind()
        self._waiting = sum(behind.values())
        if not behind:
            return
        self._say(index, behind)
        if self._lease.acquire() is None:
            return
        try:
            done = index.embed_behind(lambda *_: self._check())
        except StoppedError:
            return
        finally:
            self._lease.release()
        self._waiting = sum(index.behind().values())
        log.info("passages embedded by the new model", passages=done)

    def problem(self) -> str | None:
        """For `/ready` and operations, None where there is none."""
        if not self._waiting:
            return None
        return f"{self._waiting} passages wait for vectors of the new embedding model; words alone find them"

    def _say(self, index: DocumentIndex, behind: dict[str, int]) -> None:
        """Once a process for each pair of models."""
        models = {lang: model.model_name for lang, model in sorted(index.models.dense.items())}
        if (key := repr(models)) not in self._said:
            self._said.add(key)
            log.warning("embedding model changed, passages are embedded again", models=models,
                        bots=len(behind), passages=sum(behind.values()))  # fmt: skip

    def _check(self) -> None:
        if self._stopping.is_set() or self._lease.acquire() is None:
            raise StoppedError
