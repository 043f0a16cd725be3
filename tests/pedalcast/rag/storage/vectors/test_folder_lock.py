"""A folder of embedded vectors has one owner."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pedalcast.rag.storage.vectors.folder_lock import FolderLock, VectorFolderTakenError

_SECOND = """
import sys
from pathlib import Path
from pedalcast.rag.storage.vectors.folder_lock import FolderLock, VectorFolderTakenError
try:
    FolderLock(Path(sys.argv[1]))
except VectorFolderTakenError as error:
    print(error)
"""


def test_a_second_process_is_refused_with_one_line(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    command = [sys.executable, "-c", _SECOND, str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert refused.startswith("another process keeps its vectors in")
    assert refused.count("\n") == 1
    with pytest.raises(VectorFolderTakenError):
        FolderLock(tmp_path)
    lock.release()
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == ""
