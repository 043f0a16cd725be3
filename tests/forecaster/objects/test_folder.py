"""What is particular to a local folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from forecaster.objects import ObjectNotFound, StoreUnavailable, open_objects

COUNT = """
import sys
from forecaster.objects import change, open_objects
objects = open_objects(sys.argv[1])
for _ in range(25):
    change(objects, "counter", lambda old: str(int(old or b"0") + 1).encode(), attempts=1000)
"""


def test_four_processes_lose_no_change(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", COUNT, str(tmp_path)]) for _ in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    assert open_objects(tmp_path).get("counter").data == b"100"


def test_no_temporary_file_shows_or_stays(tmp_path: Path) -> None:
    objects = open_objects(tmp_path)
    objects.put("a/b", b"x")
    assert objects.list() == ["a/b"]
    assert [path.name for path in (tmp_path / ".writing").iterdir()] == ["lock"]


def test_leftovers_of_a_dead_writer_are_swept(tmp_path: Path) -> None:
    objects = open_objects(tmp_path)
    objects.put("a", b"x")
    old, young = tmp_path / ".writing" / "old", tmp_path / ".writing" / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    objects.put("a", b"y")
    assert not old.exists()
    assert young.exists()


def test_a_folder_is_not_an_object(tmp_path: Path) -> None:
    objects = open_objects(tmp_path)
    objects.put("a/b", b"x")
    assert not objects.exists("a")
    with pytest.raises(ObjectNotFound):
        objects.get("a")


def test_a_file_where_the_folder_should_be_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    objects = open_objects(tmp_path / "file")
    with pytest.raises(StoreUnavailable, match=r"object store .*file") as raised:
        objects.put("a", b"x")
    assert "\n" not in str(raised.value)
