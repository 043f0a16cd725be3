"""A recording of words is read once, aside, and leaves nothing behind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from forecaster.importing.recorded_dataset import RecordedDataset

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_words_are_settled_and_swept_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    status = {"ts": ["2026-11-20T12:00:00Z"] * 2, "station_id": [7, 8], "bikes": ["3", "x"], "docks": ["4", "5"]}
    pl.DataFrame(status).write_parquet(tmp_path / "status.parquet")
    pl.DataFrame({"station_id": [7], "lat": [37.5], "lon": [127.0]}).write_parquet(tmp_path / "stations.parquet")

    recording = RecordedDataset(tmp_path / "status.parquet", tmp_path / "stations.parquet")
    assert len(list(aside.iterdir())) == 1
    ((rows, share),) = recording.parts
    assert rows.select("ts", "station_id", "bikes", "docks").rows() == [(NOON, "7", 3, 4)]
    assert share == 1
    assert recording.survey.rejected == {"bad_bikes": 1}
    del recording
    assert list(aside.iterdir()) == []
