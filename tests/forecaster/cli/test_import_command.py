"""`python -m forecaster import`."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    """The options that name a recording of two polls."""
    status = {"ts": [NOON, NOON + timedelta(minutes=5)], "station_id": ["a", "new"], "bikes": [1, 2], "docks": [9, 8]}
    pl.DataFrame(status).write_parquet(tmp_path / "status.parquet")
    stations = {"station_id": ["a"], "name": ["망원역"], "lat": [37.5], "lon": [127.0]}
    pl.DataFrame(stations).write_parquet(tmp_path / "stations.parquet")
    return "--status", str(tmp_path / "status.parquet"), "--stations", str(tmp_path / "stations.parquet")


def test_for_people(run: Callable, files: tuple[str, ...], tmp_path: Path) -> None:
    told = run("import", *files, "--into", tmp_path / "store", "--name", "Seoul").out
    assert "Seoul (seoul), Asia/Seoul, KR" in told
    assert "2 of 2 polls, 2 rows of 2 stations" in told
    assert "1 stations are not in the stations file" in told
    assert "all of it was there before" in run("import", *files, "--into", tmp_path / "store").out


def test_for_programs(run: Callable, files: tuple[str, ...], tmp_path: Path) -> None:
    report = run("import", *files, "--into", tmp_path / "store", "--timezone", "UTC", "--country", "fr", "--json").json
    assert (report["system"]["timezone"], report["system"]["country"]) == ("UTC", "FR")
    assert (report["first"], report["rows_kept"]) == ("2026-11-20T12:00:00Z", 2)


def test_a_refusal_is_one_line(shell: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.parquet"
    ended = shell("import", "--status", nothing, "--stations", nothing, "--into", tmp_path / "store")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == f"error: {nothing}: no such file\n"
