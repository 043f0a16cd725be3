"""How the process ends, seen from outside it."""

from __future__ import annotations

import subprocess
import sys

import pytest

LEFT_INSIDE = "threading.Thread(target=time.sleep, args=(600,), daemon=True).start();"


def leave(command: str, before: str = "") -> tuple[int, str]:
    imports = "import threading, time, sys, atexit; from pedalcast.kit.runtime.shutdown import leave_after;"
    code = f"{imports} {before} {command}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("before", ["", LEFT_INSIDE])
class TestCode:
    def test_is_the_commands(self, before: str) -> None:
        assert leave("leave_after(lambda: sys.exit(7))", before)[0] == 7

    def test_is_zero_without_one(self, before: str) -> None:
        assert leave("leave_after(lambda: print('done'))", before) == (0, "done\n")

    def test_is_one_for_a_message(self, before: str) -> None:
        assert leave("leave_after(lambda: sys.exit('no'))", before)[0] == 1


def test_the_interpreter_is_only_left_standing_around_a_daemon_thread() -> None:
    told = "atexit.register(print, 'taken down');"
    assert leave("leave_after(lambda: None)", told)[1] == "taken down\n"
    assert leave("leave_after(lambda: None)", told + LEFT_INSIDE)[1] == ""
