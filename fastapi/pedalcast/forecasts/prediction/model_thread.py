"""A thread that models are called in, so that one which does not return costs its forecast and not the service's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
PATIENCE_S = 60.0  # a run of 100,000 stations takes a second


class ModelHangsError(Exception):
    """A model has not returned in time. Its thread cannot be ended; the model is not called again until it returns."""


class ModelThread:
    """Calls functions one at a time in a thread of its own, which is started with the first. For any number of threads.

    >>> ModelThread().call(lambda: 2 + 2)
    4
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._calls: SimpleQueue[tuple[Callable[[], object], Future[object]]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._unfinished: Future[object] | None = None
        self._lock = threading.Lock()

    def call(self, function: Callable[[], T]) -> T:
        """What `function` returns or raises. Raises `ModelHangsError` when it takes longer than `patience_s`, and at
        once while an earlier call has not returned."""
        with self._lock:
            if self._unfinished is not None and not self._unfinished.done():
                raise ModelHangsError("an earlier call has not returned")
            future: Future[T] = Future()
            self._unfinished = future  # type: ignore[assignment] # it is only asked whether it is done
            self._start()
        self._calls.put((function, future))  # type: ignore[arg-type]
        try:
            return future.result(self._patience_s)
        except TimeoutError:
            if future.done():
                raise  # the function's own
            raise ModelHangsError(f"no answer within {self._patience_s:g} s") from None

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="model", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            function, future = self._calls.get()
            try:
                future.set_result(function())
            except BaseException as error:  # noqa: BLE001 (the caller gets it, whatever it is)
                future.set_exception(error)
            del function, future  # holds a window
