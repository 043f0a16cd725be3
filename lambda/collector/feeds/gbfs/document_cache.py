"""Files of a feed that change rarely: asked for now and then, and kept while they cannot be had."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from collector.errors import FeedError
from collector.feeds.gbfs.gbfs_files import Envelope, read_envelope
from collector.transport.deadline import Deadline
from collector.transport.fetcher import Fetcher

T = TypeVar("T")
_DAY = 86_400.0


class DocumentCache:
    """What was read of each file, by the file's name (an address may change), for `keep` seconds or its longer ttl.

    What was read last stays for as long as the file cannot be had or read, and is asked for again at every poll then.
    So is the file called `index`, which says where the others lie: one of them that fails may have moved.
    """

    def __init__(self, fetcher: Fetcher, keep: float, index: str) -> None:
        self._fetcher = fetcher
        self._keep = keep
        self._index = index
        self._contents: dict[str, Any] = {}
        self._expires: dict[str, float] = {}
        self._addresses: dict[str, str] = {}
        self._asked: set[str] = set()

    def begin_poll(self) -> None:
        """A poll begins: no file has been asked for in it yet."""
        self._asked.clear()

    def asked(self, name: str) -> bool:
        """Whether the file was asked for in this poll."""
        return name in self._asked

    def expire(self, name: str) -> None:
        """Have the file asked for when it is wanted next."""
        self._expires.pop(name, None)

    def get(self, name: str, url: str, read: Callable[[Envelope], T], deadline: Deadline) -> T:
        """What `read` makes of the file. `FeedError` when it cannot be had or read, and never could."""
        fresh = time.monotonic() < self._expires.get(name, 0.0) and self._addresses.get(name) == url
        if fresh and name in self._contents:
            return self._contents[name]  # type: ignore[no-any-return]
        self._asked.add(name)
        try:
            envelope = self._fetcher.get(url, read_envelope, deadline)
            content = read(envelope)
        except FeedError:
            self.expire(self._index)
            if name not in self._contents:
                raise
            self.expire(name)
            return self._contents[name]  # type: ignore[no-any-return]
        self._contents[name], self._addresses[name] = content, url
        self._expires[name] = time.monotonic() + max(self._keep, min(float(envelope.ttl), _DAY))
        return content
