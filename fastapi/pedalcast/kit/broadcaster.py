"""Events inside one process: many publishers in threads, many listeners on the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

KEPT = 64


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `id` is unique within its `kind` and grows with time; `data` is JSON."""

    kind: str
    id: str
    data: str


class Subscription:
    """One listener's queue. `get` returns None when the listener has been dropped or the service stops."""

    def __init__(self, loop: asyncio.AbstractEventLoop, size: int) -> None:
        self._loop = loop
        self._size = size
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self.dropped = False

    async def get(self) -> Event | None:
        return await self._queue.get()

    def offer(self, event: Event | None) -> None:
        """Hand over an event from any thread; a loop that is gone already listens no more."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: Event | None) -> None:
        if self.dropped:
            return
        if event is not None and self._queue.qsize() >= self._size:
            self.dropped = True  # a listener this far behind reconnects and names the last event it saw
            event = None
        self._queue.put_nowait(event)


class Broadcaster:
    """Hands every event to every listener, and keeps the last ones for listeners that come back.

    `publish` and `close` may be called from any thread, `subscribe` from the event loop.
    """

    def __init__(self, queue_size: int = 32) -> None:
        self._queue_size = queue_size
        self._lock = threading.Lock()
        self._listeners: set[Subscription] = set()
        self._recent: deque[Event] = deque(maxlen=KEPT)
        self._closed = False

    def publish(self, kind: str, event_id: str, data: str) -> None:
        event = Event(kind, event_id, data)
        with self._lock:
            self._recent.append(event)
            for listener in self._listeners:
                listener.offer(event)

    @contextmanager
    def subscribe(self, last_id: str | None = None) -> Iterator[Subscription]:
        """Listen. With `last_id`, what came after that event goes first; an id not kept any more brings all kept."""
        subscription = Subscription(asyncio.get_running_loop(), self._queue_size)
        with self._lock:
            for event in self._after(last_id):
                subscription.offer(event)
            if self._closed:
                subscription.offer(None)
            self._listeners.add(subscription)
        try:
            yield subscription
        finally:
            with self._lock:
                self._listeners.discard(subscription)

    def _after(self, last_id: str | None) -> list[Event]:
        """The newest event of each kind that the listener has not seen (older ones tell nothing new)."""
        events = list(self._recent)
        seen = next((at for at in range(len(events) - 1, -1, -1) if events[at].id == last_id), -1)
        newest = {event.kind: event for event in events[seen + 1 :]}
        return [event for event in events[seen + 1 :] if newest[event.kind] is event]

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def close(self) -> None:
        """End every listener's stream, so that the server can stop."""
        with self._lock:
            self._closed = True
            for listener in self._listeners:
                listener.offer(None)
