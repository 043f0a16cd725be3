"""Which thread goes first when several want the processor, or the interpreter: the one that answers requests.

Linux keeps niceness by thread. On other systems a lower priority has no effect.
"""

from __future__ import annotations

import os
import sys
import threading
from types import TracebackType

STEPS_BEHIND = 10  # of niceness: a tenth of the processor where others want all of it
SWITCH_S = 0.000_05


def shorten_switch_interval() -> None:
    """Let a thread that waits for the interpreter have it after 0.05 ms, in the whole process.

    The event loop asks for it several times in each answer; the default of 5 ms is felt by everyone who asks for
    something while a forecast is computed. Called by the commands that serve.
    """
    sys.setswitchinterval(SWITCH_S)


def lower_priority() -> None:
    """Lower the priority of the calling thread and of threads it starts: nobody waits for what it does."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + STEPS_BEHIND)


class PriorityGate:
    """Work that others let finish first. Entered by the thread that does it; others `wait`."""

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    def __enter__(self) -> None:
        self._free.clear()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._free.set()

    def wait(self, seconds: float) -> bool:
        """Wait until nobody is inside, at most so many seconds; False when somebody still is."""
        return self._free.wait(seconds)
