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


def test_every_fault_has_one_row_with_siblings_and_tests() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TABLE.splitlines()]
    rows = [row for row in rows if row[0].isdecimal()]
    assert [int(row[0]) for row in rows] == list(range(1, 26))
    for _, fault, kind, siblings, tests in rows:
        assert fault, "what went wrong"
        assert kind
        assert siblings
        assert "`tests/" in tests
