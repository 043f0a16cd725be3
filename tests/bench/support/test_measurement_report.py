"""Figures, their targets, and the flat map they end in."""

import io
import json
from pathlib import Path

import pytest
from bench.support.measurement_report import Report, at_least, at_most
from rich.console import Console


@pytest.fixture
def report() -> Report:
    return Report(Console(file=io.StringIO(), width=100))


class TestReport:
    def test_writes_a_flat_map_of_names_to_numbers(self, report: Report, tmp_path: Path) -> None:
        report.add("a_ms", 1.5)
        report.add("b_times_faster", 200.0, at_least(100))
        report.write(tmp_path / "new" / "results.json")
        assert json.loads((tmp_path / "new" / "results.json").read_text()) == {"a_ms": 1.5, "b_times_faster": 200.0}

    def test_knows_what_missed_its_target(self, report: Report) -> None:
        report.add("fast", 99.0, at_least(100))
        report.add("even", 1.4, at_most(1.4))
        report.add("slow", 1.41, at_most(1.4))
        assert [figure.name for figure in report.missed] == ["fast", "slow"]

    def test_shows_what_is_to_be_reached(self, report: Report) -> None:
        report.add("fast", 99.0, at_least(100))
        report.show()
        shown = report.console.file.getvalue()  # type: ignore[attr-defined]
        assert "≥ 100" in shown
        assert "✗" in shown

    def test_takes_each_name_once(self, report: Report) -> None:
        report.add("a", 1)
        with pytest.raises(ValueError, match="already"):
            report.add("a", 2)
