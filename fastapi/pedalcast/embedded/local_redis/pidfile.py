"""Servers that a killed run left behind: found by their pid file, and ended only when they are really ours."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

STOP_S = 10.0


def read_pid(path: Path) -> int | None:
    """The process id in a pid file, None when there is none."""
    try:
        return int(path.read_text().strip())
    except (FileNotFoundError, ValueError):
        return None


def end_leftover(pidfile: Path, marker: str) -> bool:
    """End the process that `pidfile` names if its command line holds `marker`; True when there was one.

    A process id is reused after a while: one that now belongs to something else is left alone.
    """
    pid = read_pid(pidfile)
    if pid is None:
        return False
    ours = marker in command_line(pid)
    if ours:
        _end(pid)
    pidfile.unlink(missing_ok=True)
    return ours


def command_line(pid: int) -> str:
    """The command line of a process of this machine; empty when it is gone or cannot be told."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listing = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return listing.stdout.strip()


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_S
    while command_line(pid):
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
