"""Matured scores: kept once, added up, read back by time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.objects import ObjectStore, open_objects
from forecaster.scores.roc import RocCounts
from forecaster.verification.matured import VerificationRow, append, newest, read, summarise_rows

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(minute: int = 0, horizon: int = 10, **changes: object) -> VerificationRow:
    """Two stations; the model is off by one bike in all, persistence by two."""
    made = NOON + timedelta(minutes=minute)
    base = VerificationRow(
        made_at=made,
        target_at=made + timedelta(minutes=horizon),
        horizon=horizon,
        model="20261120T101500Z-lightgbm",
        count=2,
        absolute=1.0,
        squared=0.5,
        brier_empty=0.1,
        brier_full=0.2,
        covered=2,
        last_absolute=2.0,
        last_squared=4.0,
        last_brier_empty=1.0,
        last_brier_full=0.0,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


class TestKeeping:
    def test_there_and_back(self, objects: ObjectStore) -> None:
        ranked = RocCounts(hits=(0, 1), misses=(2, 0))
        rows = [row(0), row(45, crps=0.75, ranked_full=ranked), row(45, 30)]
        assert append(objects, reversed(rows)) == 2
        assert objects.list("scores/") == ["scores/date=2026-11-20/hour=12.json", "scores/date=2026-11-20/hour=13.json"]
        assert read(objects, NOON, NOON + timedelta(hours=3)) == rows

    def test_twice_counts_once(self, objects: ObjectStore) -> None:
        append(objects, [row(0)])
        assert append(objects, [row(0), replace(row(0), absolute=9.0)]) == 0
        append(objects, [row(5)])
        assert read(objects, NOON, NOON + timedelta(hours=1)) == [row(0), row(5)]

    def test_by_the_time_forecast_the_end_left_out(self, tmp_path: Path) -> None:
        objects = open_objects(tmp_path)
        append(objects, [row(minute) for minute in (0, 5, 10)])
        found = read(objects, NOON + timedelta(minutes=10), NOON + timedelta(minutes=20))
        assert found == [row(0), row(5)]

    @pytest.mark.parametrize("days", [0, 2, 3, 40])
    def test_however_long_ago_it_begins(self, tmp_path: Path, days: int) -> None:
        objects = open_objects(tmp_path)
        append(objects, [row(0), row(60 * 24 * 50)])
        assert read(objects, NOON - timedelta(days=days), NOON + timedelta(hours=1)) == [row(0)]

    def test_the_newest(self, tmp_path: Path) -> None:
        objects = open_objects(tmp_path)
        assert newest(objects) is None
        append(objects, [row(0), row(5), row(600)])
        assert newest(objects) == NOON + timedelta(minutes=610)

    def test_fields_of_later_versions_are_passed_over(self, tmp_path: Path) -> None:
        objects = open_objects(tmp_path)
        append(objects, [row(0)])
        key = objects.list("scores/")[0]
        objects.put(key, objects.get(key).data.replace(b'{"made_at"', b'{"later":1,"made_at"'))
        assert read(objects, NOON, NOON + timedelta(hours=1)) == [row(0)]


class TestSummary:
    def test_means_over_all_forecasts(self) -> None:
        scores = summarise_rows([row(0), row(5, count=6, absolute=7.0, last_absolute=6.0), row(0, 60)])
        assert list(scores) == [10, 60]
        ten = scores[10]
        assert (ten.count, ten.mae_median, ten.mae_median_persistence) == (8, 1.0, 1.0)
        assert ten.lift == 0
        assert scores[60].lift == 0.5
        assert (scores[60].rmse, scores[60].rmse_persistence) == (0.5, pytest.approx(2**0.5))
        assert (scores[60].brier_empty, scores[60].coverage80) == (0.05, 1.0)

    def test_docks_are_judged_where_they_are_known(self) -> None:
        assert summarise_rows([row(docked=1)])[10].brier_full == 0.2
        assert summarise_rows([row(docked=0)])[10].brier_full is None

    def test_what_was_not_judged_is_none(self) -> None:
        assert summarise_rows([row()])[10].crps is None
        scores = summarise_rows([row(), row(5, crps=0.5, last_crps=1.0)])[10]
        assert (scores.crps, scores.crps_persistence) == (0.25, 0.5)
        assert summarise_rows([]) == {}

    def test_ranks_are_counted_over_all_rows_before_the_area_is_taken(self) -> None:
        one, other = RocCounts(hits=(0, 1), misses=(2, 0)), RocCounts(hits=(1, 0), misses=(0, 2))
        scores = summarise_rows([row(ranked_empty=one, last_ranked_full=one), row(5, ranked_empty=other), row(10)])[10]
        assert scores.auc_empty == RocCounts(hits=(1, 1), misses=(2, 2)).auc() == 0.5
        assert (scores.auc_full, scores.auc_full_persistence) == (None, 1.0)
        nobody = RocCounts(hits=(0, 0), misses=(2, 1))
        assert summarise_rows([row(ranked_empty=nobody)])[10].auc_empty is None

    def test_a_lift_over_nothing_is_none(self) -> None:
        assert summarise_rows([row(last_absolute=0.0)])[10].lift is None
        assert summarise_rows([row(count=0)])[10].mae_median is None


class TestDamaged:
    FILE = "scores/date=2026-11-20/hour=12.json"

    @pytest.mark.parametrize("data", [b"{", b"\xff\n", b"[]\n", b"5\n", b'{"made_at": "x"}\n', b"null\n"])
    def test_a_file_is_left_out_then_begun_anew(self, objects: ObjectStore, data: bytes) -> None:
        append(objects, [row(0), row(60)])
        objects.put(self.FILE, data)
        assert read(objects, NOON, NOON + timedelta(hours=2)) == [row(60)]
        assert list(objects.damage.reasons()) == [self.FILE]
        assert append(objects, [row(5)]) == 1
        assert read(objects, NOON, NOON + timedelta(hours=2)) == [row(5), row(60)]
        assert [objects.get(key).data for key in objects.list("damaged/")] == [data]

    def test_the_newest_is_that_of_a_file_that_can_be_read(self, objects: ObjectStore) -> None:
        append(objects, [row(0), row(60)])
        objects.put("scores/date=2026-11-20/hour=13.json", b"{")
        assert newest(objects) == row(0).target_at
        objects.put(self.FILE, b"")
        assert newest(objects) is None
