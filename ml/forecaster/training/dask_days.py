"""A cluster of Dask: workers read a day of the history each, from the object store, and send back what is wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from forecaster.history import History
from forecaster.objects import open_objects
from forecaster.training.day_cluster import DayWork, Part, days_of

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local:"
AHEAD = 2  # days at work or waiting for each worker: results are held until their turn
CONNECT_S = 30


class ClusterError(ValueError):
    """The cluster cannot be used; one line with the remedy."""


@contextmanager
def open_cluster(address: str, objects_url: str, endpoint_url: str | None) -> Iterator[DaskDays]:
    """Connect to a scheduler (`tcp://host:port`, `tls://…`), or start `local:N` workers, until left.

    The workers read the history at `objects_url` by themselves: with `local` a folder will do, else all must reach it.
    Raises `ClusterError`.
    """
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 (optional)
    except ImportError:
        raise ClusterError("RETRAIN_CLUSTER needs Dask: install requirements/cluster.txt") from None
    with ExitStack() as stack:
        try:
            if address.startswith(LOCAL):
                # Processes of one thread: features hold the interpreter, and each has its own memory to itself.
                cluster = LocalCluster(
                    n_workers=int(address.removeprefix(LOCAL)),
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address=None,
                )
                client = stack.enter_context(Client(stack.enter_context(cluster), timeout=CONNECT_S))
            else:
                client = stack.enter_context(Client(address, timeout=CONNECT_S))
        except (OSError, ValueError) as error:
            raise ClusterError(f"RETRAIN_CLUSTER: {address} cannot be used: {error}") from error
        yield DaskDays(client, objects_url, endpoint_url)


class DaskDays:
    """See `DayCluster`."""

    def __init__(self, client: Client, objects_url: str, endpoint_url: str | None) -> None:
        self._client, self._store = client, (objects_url, endpoint_url)

    def map_days(self, work: DayWork[Part], start: datetime, end: datetime, shared: Any) -> Iterator[Part]:
        """See `DayCluster.map_days`. A worker that dies is replaced by another; a day that fails raises its error."""
        held = self._client.scatter(shared, broadcast=True, hash=False)
        most = AHEAD * max(len(self._client.scheduler_info(n_workers=-1)["workers"]), 1)
        waiting: deque[Any] = deque()
        for first, last in days_of(start, end):
            waiting.append(self._client.submit(_on_worker, work, self._store, first, last, held, pure=False))
            if len(waiting) >= most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _on_worker(work: DayWork[Part], store: tuple[str, str | None], start: datetime, end: datetime, shared: Any) -> Part:
    return work(_history(*store), start, end, shared)


@lru_cache(maxsize=4)
def _history(objects_url: str, endpoint_url: str | None) -> History:
    """The history as this worker reads it: the table of stations is read once."""
    return History(open_objects(objects_url, endpoint_url=endpoint_url))
