"""`python -m forecaster ablation`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import polars as pl

from forecaster.cli.console import CommandError
from forecaster.history import History

SCORES = {"crps", "brier_empty", "brier_full"}
SMALL = ("--rows", "2000", "--judged", "1000", "--rounds", "4", "--repeats", "1", "--horizons", "10,30")


def excerpt(shared_data: Path, folder: Path) -> tuple[Path, Path]:
    """Two days of the recorded counts of Boulder at some stations, as the import eats them."""
    source = shared_data / "bikes" / "boulder"
    rows = pl.scan_parquet(source / "status.parquet").head(300_000).collect()
    few = rows.filter(pl.col("ts") < rows["ts"].min() + pl.duration(days=2), pl.col("station_id").rank("dense") <= 12)
    few.write_parquet(folder / "status.parquet")
    return folder / "status.parquet", source / "stations.parquet"


def test_worth_of_groups_on_a_recorded_city(run: Callable, shared_data: Path, tmp_path: Path) -> None:
    status, stations = excerpt(shared_data, tmp_path)
    assert run("import", "--status", status, "--stations", stations, "--into", tmp_path / "store").code == 0
    file = tmp_path / "found" / "worth.json"
    arguments = ("--store", tmp_path / "store", "--groups", "flows,clock", *SMALL, "--json", file)
    told = run("ablation", *arguments).out
    assert "Brier (empty): percent higher without" in told
    found = orjson.loads(file.read_bytes())
    assert list(found["worth"]) == ["chance", "flows", "clock"]
    assert set(found["worth"]["flows"]) == {"10", "30"}
    assert all(set(scores) == SCORES for scores in found["worth"]["flows"].values())
    assert found["worth"]["flows"]["30"]["crps"][0] != 0
    assert f"{found['worth']['clock']['10']['crps'][0]:+.2f}" in told


def test_an_unknown_group_is_one_line(run: Callable, stored_city: Callable[..., History], tmp_path: Path) -> None:
    stored_city(1, count=2)
    ended = run("ablation", "--store", tmp_path / "city", "--groups", "weather")
    assert isinstance(ended.error, CommandError)
    assert "no group of features 'weather'" in str(ended.error)
