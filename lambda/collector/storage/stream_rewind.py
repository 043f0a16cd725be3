"""Taking windows that lie in the future out of the stream, so that the present can be published again.

Redis refuses an entry whose id is not above every id the stream has ever had. After a clock that was ahead, its last id
is set back, and so is what each consumer group has been handed last.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from collector.storage.stream_entry import STREAM, stream_id


def rewind(pipe: Any, window: datetime) -> Callable[[Any], None]:
    """Look at the stream through a watching pipeline, before MULTI.

    Returns what queues the commands that remove all entries from `window` on.
    """
    first_removed = stream_id(window)
    removed = [row[0] for row in pipe.xrange(STREAM, min=first_removed)]
    before = pipe.xrevrange(STREAM, max=f"({first_removed}", count=1)
    last_id = before[0][0] if before else b"0-0"
    groups = pipe.xinfo_groups(STREAM)
    beyond = [group["name"] for group in groups if _order(group["last-delivered-id"]) > _order(last_id)]

    def queue(transaction: Any) -> None:
        transaction.xdel(STREAM, *removed)
        transaction.execute_command("XSETID", STREAM, last_id)
        for name in beyond:
            transaction.xgroup_setid(STREAM, name, last_id)

    return queue


def _order(entry_id: bytes) -> tuple[int, int]:
    first, _, second = entry_id.decode().partition("-")
    return int(first), int(second or 0)
