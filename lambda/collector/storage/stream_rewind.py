"""Taking windows that lie in the future out of the stream, so that the present can be published again.

A server refuses an entry whose id is not above every id the stream has ever had, and since version 7 many refuse to set
that memory back once entries were deleted. So the stream is written anew with the entries that stay.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from collector.storage.stream_entry import STREAM, stream_id

MAX_PENDING = 1000  # more than the stream holds


def rewind(pipe: Any, window: datetime) -> Callable[[Any], None]:
    """Look at the stream through a watching pipeline, before MULTI.

    Returns what queues the commands that remove all entries from `window` on. Consumer groups keep what they have been
    handed and have not acknowledged, and go on behind it.
    """
    staying = pipe.xrange(STREAM, max=f"({stream_id(window)}")
    last_id = staying[-1][0] if staying else b"0-0"
    groups = [_group(pipe, info, last_id) for info in pipe.xinfo_groups(STREAM)]

    def queue(transaction: Any) -> None:
        transaction.delete(STREAM)
        for entry_id, fields in staying:
            transaction.xadd(STREAM, fields, id=entry_id)
        for name, position, pending in groups:
            transaction.xgroup_create(STREAM, name, id=position, mkstream=True)
            for consumer, entry_id in pending:
                transaction.xclaim(STREAM, name, consumer, 0, [entry_id], force=True, justid=True)

    return queue


def _group(pipe: Any, info: dict[str, Any], last_id: bytes) -> tuple[bytes, bytes, list[tuple[bytes, bytes]]]:
    """A group's name, the id behind which it goes on, and what it has not acknowledged: (consumer, id) each."""
    name, position = info["name"], min(info["last-delivered-id"], last_id, key=_order)
    rows = pipe.xpending_range(STREAM, name, "-", "+", MAX_PENDING)
    pending = [(row["consumer"], row["message_id"]) for row in rows]
    return name, position, [row for row in pending if _order(row[1]) <= _order(last_id)]


def _order(entry_id: bytes) -> tuple[int, int]:
    first, _, second = entry_id.decode().partition("-")
    return int(first), int(second or 0)
