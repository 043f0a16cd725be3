"""A worker in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from pedalcast.settings import Settings


@contextmanager
def worker_process(settings: Settings, models: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m pedalcast worker`, until the block ends."""
    (settings.data_dir / "rag").mkdir(parents=True)
    (settings.data_dir / "rag" / "models").symlink_to(models)
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    values = {name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
              for name, value in given.items() if value is not None}  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if k.startswith(("PATH", "PYTHON", "AWS", "HOME", "LANG"))}
    command = [sys.executable, "-m", "pedalcast", "worker"]
    with subprocess.Popen(command, env=environment | values, cwd=settings.data_dir) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(90)
