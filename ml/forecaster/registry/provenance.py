"""What made a model: the libraries, and the commit of the code."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("numpy", "polars", "lightgbm", "xgboost-cpu", "xgboost", "pedalcast-forecaster")


def libraries() -> dict[str, str]:
    """Python's and the libraries' versions here."""
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def git_commit() -> str | None:
    """The commit this code is of: `GIT_COMMIT` where it is set (images carry no repository), else git's HEAD."""
    commit = os.environ.get("GIT_COMMIT")
    if commit:
        return commit
    try:
        here = Path(__file__).parent
        answer = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(here), "rev-parse", "HEAD"],  # noqa: S607 - whichever git is installed
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None if answer.returncode == 0 else None
