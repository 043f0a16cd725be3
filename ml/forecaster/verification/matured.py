"""Matured forecasts: how each run did at each horizon, once its time came.

JSON lines in the object store, `scores/date=YYYY-MM-DD/hour=HH.json` by the (UTC) time that was forecast: a row a run,
horizon and model, with sums over the stations, so that rows add up to any period, hour of day or model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import groupby
from math import isnan
from typing import Any

import orjson

from forecaster.objects import ObjectDamaged, ObjectNotFound, ObjectStore, change, read_object, replaceable
from forecaster.scores.roc import RocCounts

ROOT = "scores/"
_RANKED = ("ranked_empty", "ranked_full", "last_ranked_empty", "last_ranked_full")
_JSON = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS | orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True, slots=True)
class VerificationRow:
    """One horizon of one run: sums over the `count` stations that were observed when its time came.

    `made_at` and `target_at` are aware UTC, `horizon` minutes. `absolute` sums the errors of the median, `squared` the
    squared ones of the expected bikes, `crps` the ranked probability scores, `brier_empty` the errors of P(a bike),
    `brier_full` those of P(a dock) over `docked` stations; `covered` counts those within the 80 % interval, by
    randomised PIT; `ranked_…` tell how well chances ranked. `last_…` are persistence's: the count does not change, and
    is sure of it. What is None was not judged by the version that kept the row.
    """

    made_at: datetime
    target_at: datetime
    horizon: int
    model: str
    count: int
    absolute: float
    squared: float
    brier_empty: float
    brier_full: float
    covered: int
    last_absolute: float
    last_squared: float
    last_brier_empty: float
    last_brier_full: float
    docked: int | None = None  # None: all of `count`
    crps: float | None = None
    last_crps: float | None = None
    ranked_empty: RocCounts | None = None
    ranked_full: RocCounts | None = None
    last_ranked_empty: RocCounts | None = None
    last_ranked_full: RocCounts | None = None

    @property
    def key(self) -> tuple[datetime, int, str]:
        """What is judged once."""
        return self.made_at, self.horizon, self.model


@dataclass(frozen=True, slots=True)
class VerificationScores:
    """Means over `count` matured forecasts, by the names that a backtest gives them; None where nothing was judged.

    `lift` is the share of persistence's absolute error that the model saves (negative where it adds to it).
    """

    count: int
    crps: float | None
    crps_persistence: float | None
    mae_median: float | None
    mae_median_persistence: float | None
    lift: float | None
    rmse: float | None
    rmse_persistence: float | None
    brier_empty: float | None
    brier_empty_persistence: float | None
    brier_full: float | None
    brier_full_persistence: float | None
    auc_empty: float | None
    auc_empty_persistence: float | None
    auc_full: float | None
    auc_full_persistence: float | None
    coverage80: float | None


def append(objects: ObjectStore, rows: Iterable[VerificationRow]) -> int:
    """Store rows; returns how many files changed. A row stored before (same run, horizon and model) stays as it is, a
    damaged file is set aside and begun anew."""
    ordered = sorted(rows, key=lambda row: (_file(row.target_at), row.key))
    return sum(_merge(objects, key, list(group)) for key, group in groupby(ordered, lambda row: _file(row.target_at)))


def read(objects: ObjectStore, start: datetime, end: datetime) -> list[VerificationRow]:
    """The rows whose time came in [start, end), oldest first; damaged files are left out."""
    rows: list[VerificationRow] = []
    hour = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for key in _between(objects, hour, end):
        try:
            rows += read_object(objects, key, _parse)
        except (ObjectDamaged, ObjectNotFound):
            continue
    return sorted((row for row in rows if start <= row.target_at < end), key=lambda row: (row.target_at, row.key))


def newest(objects: ObjectStore) -> datetime | None:
    """The time of the newest matured forecast; None when there is none."""
    for key in reversed(objects.list(ROOT)):
        try:
            return max(row.target_at for row in read_object(objects, key, _parse))
        except (ObjectDamaged, ObjectNotFound, ValueError):  # ValueError: a file without a row
            continue
    return None


def summarise_rows(rows: Iterable[VerificationRow]) -> dict[int, VerificationScores]:
    """The scores at each horizon (minutes, ascending), all rows taken together."""
    by_horizon: dict[int, list[VerificationRow]] = defaultdict(list)
    for row in rows:
        by_horizon[row.horizon].append(row)
    return {horizon: _scores(by_horizon[horizon]) for horizon in sorted(by_horizon)}


def _scores(rows: Sequence[VerificationRow]) -> VerificationScores:
    mae, last_mae = _mean(rows, "absolute"), _mean(rows, "last_absolute")
    return VerificationScores(
        count=sum(row.count for row in rows),
        crps=_mean(rows, "crps"),
        crps_persistence=_mean(rows, "last_crps"),
        mae_median=mae,
        mae_median_persistence=last_mae,
        lift=1 - mae / last_mae if mae is not None and last_mae else None,
        rmse=_root(_mean(rows, "squared")),
        rmse_persistence=_root(_mean(rows, "last_squared")),
        brier_empty=_mean(rows, "brier_empty"),
        brier_empty_persistence=_mean(rows, "last_brier_empty"),
        brier_full=_mean(rows, "brier_full", of="docked"),
        brier_full_persistence=_mean(rows, "last_brier_full", of="docked"),
        auc_empty=_auc(rows, "ranked_empty"),
        auc_empty_persistence=_auc(rows, "last_ranked_empty"),
        auc_full=_auc(rows, "ranked_full"),
        auc_full_persistence=_auc(rows, "last_ranked_full"),
        coverage80=_mean(rows, "covered"),
    )


def _mean(rows: Sequence[VerificationRow], name: str, *, of: str = "count") -> float | None:
    judged = [row for row in rows if getattr(row, name) is not None]
    counts = (getattr(row, of) for row in judged)
    count = sum(row.count if value is None else value for row, value in zip(judged, counts, strict=True))
    return sum(getattr(row, name) for row in judged) / count if count else None


def _root(mean: float | None) -> float | None:
    return None if mean is None else mean**0.5


def _auc(rows: Sequence[VerificationRow], name: str) -> float | None:
    ranked = [value for row in rows if (value := getattr(row, name)) is not None]
    area = RocCounts.total(ranked).auc() if ranked else float("nan")
    return None if isnan(area) else area


def _file(at: datetime) -> str:
    return f"{ROOT}date={at.astimezone(UTC):%Y-%m-%d}/hour={at.astimezone(UTC):%H}.json"


def _between(objects: ObjectStore, hour: datetime, end: datetime) -> list[str]:
    days = (end - hour) // timedelta(days=1)
    if days > 2:
        return [key for key in objects.list(ROOT) if _file(hour) <= key <= _file(end)]
    return [_file(hour + timedelta(hours=number)) for number in range(int((end - hour) / timedelta(hours=1)) + 1)]


def _merge(objects: ObjectStore, key: str, rows: list[VerificationRow]) -> bool:
    def edit(data: bytes | None) -> bytes:
        older = replaceable(objects, key, data, _parse) or []
        by_key = {row.key: row for row in (*rows, *older)}
        return b"".join(orjson.dumps(asdict(by_key[name]), option=_JSON) for name in sorted(by_key))

    return change(objects, key, edit)


def _parse(data: bytes) -> list[VerificationRow]:
    return [_row(orjson.loads(line)) for line in data.splitlines() if line]


def _row(raw: dict[str, Any]) -> VerificationRow:
    times = {name: datetime.fromisoformat(raw[name]) for name in ("made_at", "target_at")}
    ranked = {name: _ranked(raw.get(name)) for name in _RANKED}
    field_names = {field.name for field in fields(VerificationRow)}
    return VerificationRow(**({name: value for name, value in raw.items() if name in field_names} | times | ranked))


def _ranked(raw: dict[str, list[int]] | None) -> RocCounts | None:
    return None if raw is None else RocCounts(tuple(raw["hits"]), tuple(raw["misses"]))
