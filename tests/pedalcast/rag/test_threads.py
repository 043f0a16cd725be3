"""The service computes on the threads it is given."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_COUNT = """
import pedalcast.__main__
import numpy as np, os
big = np.ones((600, 600))
big @ big
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_numpy_starts_no_threads_of_its_own() -> None:
    """Two cores or more would give BLAS as many threads less one, started with its first large product."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    shown = subprocess.run(
        [sys.executable, "-c", _COUNT], env=environment, check=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert shown.stdout.strip() == "1"
