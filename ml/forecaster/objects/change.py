"""Read, change, write back if nobody else did meanwhile: the one way shared objects are updated."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from forecaster.objects.base import Blob, ObjectConflict, ObjectNotFound, ObjectStore


def change(objects: ObjectStore, key: str, edit: Callable[[bytes | None], bytes | None], *, attempts: int = 10) -> bool:
    """Replace the object under `key` by `edit(its bytes, or None when absent)`; True when something was written.

    `edit` may be called again when another writer came first, so it must have no effects of its own. It returns None,
    or the same bytes, to leave the object alone. Raises `ObjectConflict` after `attempts` lost races.
    """
    for attempt in range(attempts):
        before = _read(objects, key)
        after = edit(before.data if before else None)
        if after is None or (before and after == before.data):
            return False
        try:
            objects.put(key, after, if_absent=before is None, if_match=before.etag if before else None)
        except ObjectConflict:
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
        else:
            return True
    raise ObjectConflict(f"{key}: another writer came first {attempts} times")


def _read(objects: ObjectStore, key: str) -> Blob | None:
    try:
        return objects.get(key)
    except ObjectNotFound:
        return None
