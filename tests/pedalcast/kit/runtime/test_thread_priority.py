"""Which thread goes first."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
import threading
from collections.abc import Callable

import pytest

from pedalcast.kit.runtime import thread_priority
from pedalcast.kit.runtime.thread_priority import (
    SLICE_NS,
    STEPS_BEHIND,
    SWITCH_S,
    PriorityGate,
    lower_priority,
    shorten_slices,
    shorten_switch_interval,
)

linux = pytest.mark.skipif(sys.platform != "linux", reason="niceness by thread is Linux's")


SCHED_GETATTR = {"x86_64": 315, "aarch64": 275}


def slice_ns() -> int:
    """The slice of the calling thread, as sched_getattr(2) tells it: 0 before Linux 6.12."""
    attributes = thread_priority._Attributes()
    number, size = SCHED_GETATTR[platform.machine()], ctypes.sizeof(attributes)
    assert ctypes.CDLL(None).syscall(ctypes.c_long(number), 0, ctypes.byref(attributes), size, 0) == 0
    return int(attributes.runtime)


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def in_thread(*steps: Callable[[], object]) -> list[object]:
    """What each step returns, done one after the other in a thread of their own."""
    outcomes: list[object] = []
    thread = threading.Thread(target=lambda: outcomes.extend(step() for step in steps))
    thread.start()
    thread.join()
    return outcomes


@linux
class TestLowerPriority:
    def test_holds_for_the_thread_and_those_it_starts(self) -> None:
        before = niceness()
        _, own, started = in_thread(lower_priority, niceness, lambda: in_thread(niceness))
        expected = min(before + STEPS_BEHIND, 19)
        assert (own, started) == (expected, [expected])
        assert niceness() == before

    def test_ends_at_the_last_step(self) -> None:
        assert in_thread(lower_priority, lower_priority, lower_priority, niceness)[-1] == 19


@linux
@pytest.mark.skipif(platform.machine() not in SCHED_GETATTR, reason="the call's number is not known")
def test_short_slices_are_the_thread_s_own_and_no_larger_share() -> None:
    if tuple(map(int, re.findall(r"\d+", platform.release())[:2])) < (6, 12):
        pytest.skip("slices are not to be chosen before Linux 6.12")
    before, nice, _, short, nice_after, started = in_thread(
        slice_ns, niceness, shorten_slices, slice_ns, niceness, lambda: in_thread(slice_ns)
    )
    assert short == SLICE_NS
    assert nice_after == nice
    assert (slice_ns(), started) == (before, [before])


def test_a_waiting_thread_gets_the_interpreter_soon() -> None:
    before = sys.getswitchinterval()
    try:
        shorten_switch_interval()
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    finally:
        sys.setswitchinterval(before)


class TestPriorityGate:
    def test_is_waited_for_while_it_lasts(self) -> None:
        gate = PriorityGate()
        assert gate.wait(0)
        with gate:
            assert not gate.wait(0.01)
        assert gate.wait(0)

    def test_ends_with_an_error_too(self) -> None:
        gate = PriorityGate()
        with pytest.raises(ValueError, match="broken"), gate:
            raise ValueError("broken")
        assert gate.wait(0)
