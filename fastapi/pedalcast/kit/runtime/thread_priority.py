"""Which thread goes first when several want the processor, or the interpreter: the one that answers requests.

Linux keeps niceness and slices by thread. On other systems, or where it refuses, they have no effect.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
import threading
from types import TracebackType

STEPS_BEHIND = 10  # of niceness: a tenth of the processor where others want all of it
SWITCH_S = 0.000_05
SLICE_NS = 100_000  # the least that Linux grants
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}  # the system call's number; the C library has no name for it
_RESET_ON_FORK = 0x01


class _Attributes(ctypes.Structure):
    """`struct sched_attr` of sched_setattr(2), in its first version."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime", ctypes.c_uint64),
        ("deadline", ctypes.c_uint64),
        ("period", ctypes.c_uint64),
    )


def shorten_switch_interval() -> None:
    """Let a thread that waits for the interpreter have it after 0.05 ms, in the whole process.

    The event loop asks for it several times in each answer; the default of 5 ms is felt by everyone who asks for
    something while a forecast is computed. Called by the commands that serve.
    """
    sys.setswitchinterval(SWITCH_S)


def shorten_slices() -> None:
    """Let the calling thread in soon whenever it wakes up: it asks for short slices of the processor.

    It gets no larger share. Since Linux 6.12 a thread with a shorter slice does not wait for the end of another's;
    before that this has no effect. Threads and processes that it starts have usual slices. Called by the thread that
    runs the event loop.
    """
    number = _SCHED_SETATTR.get(platform.machine())
    if sys.platform != "linux" or number is None or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return
    nice = os.getpriority(os.PRIO_PROCESS, 0)  # of this thread
    wanted = _Attributes(ctypes.sizeof(_Attributes), os.SCHED_OTHER, _RESET_ON_FORK, nice, 0, SLICE_NS, 0, 0)
    ctypes.CDLL(None).syscall(ctypes.c_long(number), 0, ctypes.byref(wanted), 0)


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
