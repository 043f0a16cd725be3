"""Which nightly figures count as worse, and that all are kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tools import bench_history

NIGHTS = [{"cycle_ms": 10.0}, {"cycle_ms": 11.0}, {"cycle_ms": 30.0}]  # the last one on a busy machine


class TestSlower:
    def test_names_what_lies_above_the_median_by_more_than_the_tolerance(self) -> None:
        assert bench_history.slower({"cycle_ms": 14.4}, NIGHTS, 0.3) == {"cycle_ms": (14.4, 11.0)}

    def test_leaves_noise_alone(self) -> None:
        assert bench_history.slower({"cycle_ms": 14.2}, NIGHTS, 0.3) == {}

    def test_judges_no_figure_of_too_few_nights(self) -> None:
        assert bench_history.slower({"cycle_ms": 99.0}, NIGHTS[:2], 0.3) == {}

    @pytest.mark.parametrize("name", ["requests_per_second", "straight_ms"])
    def test_judges_neither_rates_nor_what_is_compared_with(self, name: str) -> None:
        assert bench_history.slower({name: 99.0}, [{name: 1.0}] * 3, 0.3) == {}


def test_a_worse_night_is_kept_and_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results, history = tmp_path / "results.json", tmp_path / "history.jsonl"
    codes = []
    for value in (10.0, 10.0, 10.0, 20.0):
        results.write_text(json.dumps({"cycle_ms": value}))
        monkeypatch.setattr(sys, "argv", ["bench_history", str(results), str(history), "--commit", "3f1c2d4"])
        with pytest.raises(SystemExit) as ended:
            bench_history.main()
        codes.append(ended.value.code)

    assert codes == [0, 0, 0, 1]
    assert len(history.read_text().splitlines()) == 4
