"""`python -m pedalcast` as somebody at a terminal runs it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pedalcast.settings import Settings

START_S = 240


class Run:
    """A started `python -m pedalcast …`; what it says is in `said`."""

    def __init__(self, arguments: tuple[str, ...], folder: Path, environment: dict[str, str]) -> None:
        self._output = folder / f"output-{time.monotonic_ns()}.txt"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pedalcast", *arguments],
                cwd=folder,
                env=environment,
                stdout=output,
                stderr=output,
            )

    @property
    def said(self) -> str:
        return self._output.read_text()

    def wait_for(self, pattern: str) -> str:
        """What the pattern's group matches in what the run says, sooner or later."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if found := re.search(pattern, self.said):
                return found.group(found.lastindex or 0)
            assert self.process.poll() is None, f"the run ended: {self.said}"
            time.sleep(0.02)
        raise AssertionError(f"the run did not say {pattern!r}: {self.said}")

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """A client of the service, which is ready."""
        with httpx.Client(base_url=self.wait_for(r"Pedalcast is at (http://\S+)"), timeout=30) as client:
            until = time.monotonic() + START_S
            while (answer := client.get("/ready")).status_code != 200:
                assert time.monotonic() < until, f"the service did not become ready: {answer.text}"
                time.sleep(0.05)
            yield client

    def wait_until_ready(self) -> None:
        """Wait until the service can do its work."""
        with self.client():
            pass

    def stop(self, how: int = signal.SIGINT) -> int:
        """Send a signal and wait; the exit code."""
        self.process.send_signal(how)
        return self.process.wait(180)


Start = Callable[..., Run]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Start runs in a folder of their own, without anything of this machine's environment; stopped with the test."""
    started: list[Run] = []
    names = {name.upper() for name in Settings.model_fields}
    clean = {name: value for name, value in os.environ.items() if name not in names} | {"CHAT": "false", "PORT": "0"}

    def begin(*arguments: str, **environment: str) -> Run:
        run = Run(arguments, folder, clean | environment)
        started.append(run)
        return run

    yield begin
    for run in started:
        if run.process.poll() is None:
            run.stop()
