"""The table of faults names tests that exist and hold something."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "faults.md").read_text()


def test_every_named_test_exists_and_tests_something() -> None:
    named = sorted(set(re.findall(r"`(tests/[^`]+)`", TABLE)))
    assert len(named) > 20
    for path in named:
        assert "def test_" in (ROOT / path).read_text(), path


def test_every_fault_has_a_row() -> None:
    numbers: set[int] = set()
    for cell in re.findall(r"^\| ([\d, –]+) \|", TABLE, re.MULTILINE):
        numbers |= {int(number) for number in re.findall(r"\d+", cell)}
    assert numbers == set(range(1, 26))
