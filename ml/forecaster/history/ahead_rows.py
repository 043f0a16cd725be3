"""Rows archived with a time that has not come yet: a clock was ahead. They are moved out of the history, not deleted.

ahead/history/date=YYYY-MM-DD/hour=HH/status.parquet     what was moved; nothing reads it
"""

from __future__ import annotations

import logging

import polars as pl

from forecaster.history.file_schema import hour_key, read_status, to_parquet
from forecaster.history.history import History
from forecaster.history.hour_files import tidy
from forecaster.objects import ObjectDamaged, ObjectNotFound, change, read_object

ASIDE = "ahead/"
ALLOWED_S = 300  # clocks may differ by one poll

_log = logging.getLogger(__name__)


def set_ahead_rows_aside(history: History, now: int) -> int:
    """Move the rows observed more than `ALLOWED_S` after `now` (epoch seconds) below `ASIDE`; how many.

    A death in between leaves rows in both places, and the next call moves them again. Raises `StoreUnavailable`.
    """
    moved = 0
    latest = pl.from_epoch(pl.lit(now + ALLOWED_S), "s").dt.replace_time_zone("UTC")
    for hour in history.hours(now, None):
        key = hour_key(hour)
        try:
            ahead = read_object(history.objects, key, read_status).filter(pl.col("ts") > latest)
        except (ObjectDamaged, ObjectNotFound):
            continue
        if not ahead.is_empty():
            change(history.objects, ASIDE + key, lambda old, rows=ahead: _joined(old, rows))  # type: ignore[misc]
            change(history.objects, key, lambda old: _until(old, latest))
            moved += ahead.height
    if moved:
        _log.warning("archived rows of the future set aside: %d (below %s)", moved, ASIDE)
    return moved


def _joined(old: bytes | None, rows: pl.DataFrame) -> bytes:
    return to_parquet(rows if old is None else tidy(pl.concat([read_status(old), rows])))


def _until(old: bytes | None, latest: pl.Expr) -> bytes | None:
    return None if old is None else to_parquet(read_status(old).filter(pl.col("ts") <= latest))
