import ctypes
import os
import platform
import re
import subprocess
import sys
import threading

import pytest

from pedalcast.kit.runtime import thread_priority
from pedalcast.kit.runtime.thread_priority import SLICE_NS, STEPS_BEHIND, PriorityGate, go_ahead, lower_priority

linux = pytest.mark.skipif(sys.platform != "linux", reason="niceness by thread is Linux's")
SCHED_GETATTR = {"x86_64": 315, "aarch64": 275}


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def slice_ns() -> int:
    """The slice of the calling thread, as sched_getattr(2) tells it: 0 before Linux 6.12."""
    found = thread_priority._Attributes()
    number = SCHED_GETATTR[platform.machine()]
    size = ctypes.sizeof(found)
    assert ctypes.CDLL(None).syscall(ctypes.c_long(number), 0, ctypes.byref(found), size, 0) == 0
    return int(found.runtime)


def in_thread(*steps):
    """What each step gives, done one after the other in a thread of their own."""
    found = []
    thread = threading.Thread(target=lambda: found.extend(step() for step in steps))
    thread.start()
    thread.join()
    return found


@linux
class TestGiveWay:
    def test_holds_for_the_thread_and_those_it_starts(self):
        before = niceness()
        _, own, started = in_thread(lower_priority, niceness, lambda: in_thread(niceness))
        expected = min(before + STEPS_BEHIND, 19)
        assert (own, started) == (expected, [expected])
        assert niceness() == before

    def test_ends_at_the_last_step(self):
        assert in_thread(lower_priority, lower_priority, lower_priority, niceness)[-1] == 19


@linux
class TestGoAhead:
    @pytest.mark.skipif(platform.machine() not in SCHED_GETATTR, reason="the call's number is not known")
    def test_asks_for_short_slices_and_for_no_larger_share(self):
        if tuple(map(int, re.findall(r"\d+", platform.release())[:2])) < (6, 12):
            pytest.skip("slices are not to be chosen before Linux 6.12")
        usual, nice, _, short, nice_after, started = in_thread(
            slice_ns, niceness, go_ahead, slice_ns, niceness, lambda: in_thread(slice_ns)
        )
        assert short == SLICE_NS < usual
        assert nice_after == nice
        assert started == [usual]

    def test_leaves_another_policy_alone(self):
        code = (
            "import os; from pedalcast.kit.runtime.thread_priority import go_ahead;"
            "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)); go_ahead();"
            "print(os.sched_getscheduler(0) == os.SCHED_BATCH)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout == "True\n"


class TestTurn:
    def test_is_waited_for_while_it_lasts(self):
        turn = PriorityGate()
        assert turn.wait(0)
        with turn:
            assert not turn.wait(0.01)
        assert turn.wait(0)

    def test_ends_with_an_error_too(self):
        turn = PriorityGate()
        with pytest.raises(ValueError, match="broken"), turn:
            raise ValueError("broken")
        assert turn.wait(0)
