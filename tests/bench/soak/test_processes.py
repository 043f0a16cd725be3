"""The processes of the soak: none outlives a start that fails."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bench.soak.processes import Processes
from bench.soak.shared_clock import SharedClock
from bench.support.servers import free_port


def children() -> set[str]:
    """The process ids of this process' children."""
    lists = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {child for path in lists for child in path.read_text().split()}


class TestStart:
    def test_a_replica_that_does_not_start_leaves_nothing_running(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RECENT_HOURS", "no number")  # the replicas refuse it, the collector does not look at it
        before = children()
        nowhere: Any = SimpleNamespace(url=f"redis://127.0.0.1:{free_port()}")
        with pytest.raises(RuntimeError, match="replica a ended"):
            Processes(tmp_path, SharedClock(time.time(), 60), nowhere, nowhere)
        assert children() <= before
