"""Which thread goes first."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

import pytest

from pedalcast.kit.runtime.thread_priority import (
    STEPS_BEHIND,
    SWITCH_S,
    PriorityGate,
    lower_priority,
    shorten_switch_interval,
)

linux = pytest.mark.skipif(sys.platform != "linux", reason="niceness by thread is Linux's")


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
