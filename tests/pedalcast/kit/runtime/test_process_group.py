from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pedalcast.kit.runtime.process_group import ProcessGroup, ProcessGroupError

GROUP = """
import signal, sys
from pedalcast.kit.runtime.process_group import ProcessGroup
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
member = '''
import os, pathlib, signal, sys
from pedalcast.kit.runtime.process_group import stop_with_parent
stop_with_parent()
pathlib.Path(sys.argv[1], sys.argv[2]).write_text(str(os.getpid()))
signal.pause()
'''
ProcessGroup(2, lambda number: [sys.executable, "-c", member, sys.argv[1], str(number)]).run()
"""


def _eventually(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until, "it did not come about within a minute"
        time.sleep(0.05)


def _pid(path: Path) -> int:
    text = path.read_text() if path.exists() else ""
    return int(text or 0)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def members(tmp_path: Path) -> list[Path]:
    return [tmp_path / "0", tmp_path / "1"]


class TestGroup:
    def test_a_killed_process_is_started_again_and_all_end_together(self, members: list[Path], tmp_path: Path) -> None:
        with subprocess.Popen([sys.executable, "-c", GROUP, str(tmp_path)]) as group:
            _eventually(lambda: all(_pid(path) for path in members))
            first, other = (_pid(path) for path in members)
            os.kill(first, signal.SIGKILL)
            _eventually(lambda: _pid(members[0]) not in (0, first))
            assert _pid(members[1]) == other
            group.terminate()
            assert group.wait(60) == 0
        assert not any(_is_alive(_pid(path)) for path in members)

    def test_processes_do_not_outlive_who_started_them(self, members: list[Path], tmp_path: Path) -> None:
        with subprocess.Popen([sys.executable, "-c", GROUP, str(tmp_path)]) as group:
            _eventually(lambda: all(_pid(path) for path in members))
            group.kill()
        _eventually(lambda: not any(_is_alive(_pid(path)) for path in members))

    def test_gives_up_where_every_start_fails(self) -> None:
        with pytest.raises(ProcessGroupError, match="the last with 3"):
            ProcessGroup(1, lambda _: [sys.executable, "-c", "raise SystemExit(3)"]).run()
