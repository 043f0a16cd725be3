"""Which objects of a store could not be read: for operators."""

from __future__ import annotations

import logging
import threading

_log = logging.getLogger("forecaster.objects.damage")


class DamageLog:
    """The objects of one store that could not be read when they were last asked for. For any number of threads."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._reasons)

    def reasons(self) -> dict[str, str]:
        """Why each key cannot be read, one line each."""
        with self._lock:
            return dict(self._reasons)

    def add(self, key: str, reason: str) -> None:
        """Record that an object cannot be read; the first time it is logged."""
        with self._lock:
            new = key not in self._reasons
            self._reasons[key] = reason
        if new:
            _log.warning("object damaged: %s (%s)", key, reason)

    def clear(self, key: str) -> None:
        """Record that an object can be read."""
        with self._lock:
            self._reasons.pop(key, None)
