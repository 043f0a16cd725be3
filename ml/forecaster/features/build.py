"""The one feature function: training gives it many rows of a long window, serving the last row of a short one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Floats, Ints
from forecaster.features.feature_names import FLOWS, HOLE, LAGS, LOOKBACK, SYSTEM_FLOWS, YESTERDAY
from forecaster.features.feature_planes import FeaturePlanes
from forecaster.features.local_time import DAY, SLOT, SLOTS, WEEK, local_seconds
from forecaster.features.lookback import Lookback, as_of, last_known, lookback_at
from forecaster.features.profile import BIKES, EMPTY, FULL, IN, OUT
from forecaster.features.station_context import StationContext
from forecaster.window import Window

HOUR = 3_600


def build(context: StationContext, window: Window, at: Ints) -> Floats:
    """Features float32[len(at) * N, len(FEATURES)] at rows `at` (ascending, int64) of the window; times outermost.

    Every value is of the window's own times, none of row numbers; NaN is what is not known. A row depends on nothing
    later than its own time and nothing earlier than a day and an hour before it.
    """
    sheet = FeaturePlanes(len(at), len(window.stations.ids))
    slab = lookback_at(window, at)
    _state(sheet, context, window, at)
    _recent(sheet, window, at, slab)
    _day(sheet, window, at)
    _profile(sheet, context, window, at)
    _system(sheet, context, window, at, slab)
    _neighbourhood(sheet, context)
    return sheet.matrix()


def _state(sheet: FeaturePlanes, context: StationContext, window: Window, at: Ints) -> None:
    bikes, docks = last_known(window, at, window.bikes), last_known(window, at, window.docks)
    capacity = np.where(np.isnan(context.capacity), bikes + docks, context.capacity)
    docks = np.where(np.isnan(docks), np.maximum(capacity - bikes, 0), docks)
    sheet["bikes"], sheet["docks"], sheet["capacity"] = bikes, docks, capacity
    sheet["out_of_use"] = capacity - bikes - docks
    sheet["fill"] = bikes / np.maximum(capacity, 1)
    before = window.times[np.maximum(at - 1, 0)]
    sheet["poll_gap"] = ((window.times[at] - before) / 60)[:, None]


def _recent(sheet: FeaturePlanes, window: Window, at: Ints, slab: Lookback) -> None:
    bikes, times = sheet["bikes"], window.times
    for lag, rows, fresh in zip(LAGS, *as_of(times, times[at] - 60 * np.array(LAGS)[:, None]), strict=True):
        sheet[f"change_{lag}"] = _where(fresh, bikes - window.bikes[rows])
    now = slab.rows(at)
    for span, then in zip(FLOWS, slab.rows(as_of(times, times[at] - 60 * np.array(FLOWS)[:, None])[0]), strict=True):
        sheet[f"in_{span}"] = slab.came[now] - slab.came[then]
        sheet[f"out_{span}"] = slab.left[now] - slab.left[then]
    elapsed = (times[at] - slab.start).astype(np.float32)[:, None] - slab.changed[now]
    sheet["still"] = np.minimum(elapsed, LOOKBACK) / 60


def _day(sheet: FeaturePlanes, window: Window, at: Ints) -> None:
    """The same slot a day ago, and how busy the day between was, computed from one poll an hour."""
    bikes, times = window.bikes, window.times
    ago, has_poll = as_of(times, times[at] - DAY, hole=HOLE)
    for span in YESTERDAY:
        after, fresh = as_of(times, times[at] - DAY + span * 60)
        sheet[f"yesterday_{span}"] = _where(has_poll & fresh, bikes[after] - bikes[ago])
    sheet["since_yesterday"] = _where(has_poll, sheet["bikes"] - bikes[ago])
    arrived, departed = _moves(window, at, -DAY, HOUR - DAY, 600)
    sheet["yesterday_in"], sheet["yesterday_out"] = _where(has_poll, arrived), _where(has_poll, departed)
    arrived, departed = _moves(window, at, -DAY, 0, HOUR)
    sheet["day_churn"] = _where(has_poll, arrived + departed)


def _moves(window: Window, at: Ints, begin: int, end: int, step: int) -> tuple[Floats, Floats]:
    """Bikes that came and that left from one poll to the next: polls a `step` (seconds) apart from `begin` to `end`
    after rows `at`; float32[A, N] both."""
    offsets = np.arange(begin, end + 1, step)
    rows, _ = as_of(window.times, window.times[at] + offsets[:, None])
    arrived, departed = np.zeros((2, *window.bikes[at].shape), np.float32)
    before = window.bikes[rows[0]]
    for row in rows[1:]:
        here = window.bikes[row]
        change = here - before
        change[np.isnan(change)] = 0
        more = np.maximum(change, 0)
        arrived += more
        departed += more - change
        before = here
    return arrived, departed


def _profile(sheet: FeaturePlanes, context: StationContext, window: Window, at: Ints) -> None:
    local = local_seconds(window.times[at], window.stations.timezone)
    days = local // DAY
    off = context.days_off(days)
    sheet["minute"], sheet["weekday"] = (local % DAY / 60)[:, None], (days % 7)[:, None]
    sheet["holiday"] = off[:, None]
    of_week = np.where(off, 6 * DAY + local % DAY, local % WEEK)  # a holiday runs like a Sunday
    table, slot = context.profile.table, of_week // SLOT
    here, half, hour = (table[(slot + ahead) % SLOTS] for ahead in range(3))
    part = (of_week % SLOT / SLOT).astype(np.float32)[:, None]
    for name, row in (("in", IN), ("out", OUT)):
        rest = (1 - part) * here[:, row]
        sheet[f"usual_{name}_30"] = 0.5 * (rest + part * half[:, row])
        sheet[f"usual_{name}_60"] = 0.5 * (rest + half[:, row] + part * hour[:, row])
    after = table[(slot + 3) % SLOTS]
    for name, row in (("bikes", BIKES), ("empty", EMPTY)):
        sheet[f"usual_{name}"] = (1 - part) * here[:, row] + part * half[:, row]
        sheet[f"usual_{name}_60"] = (1 - part) * hour[:, row] + part * after[:, row]
    sheet["usual_full_60"] = (1 - part) * hour[:, FULL] + part * after[:, FULL]
    sheet["usual_net_60"] = sheet["usual_in_60"] - sheet["usual_out_60"]
    sheet["usual_drift"] = sheet["usual_bikes_60"] - sheet["usual_bikes"]
    sheet["above_usual"] = sheet["bikes"] - sheet["usual_bikes"]
    sheet["usual_churn"] = context.churn


def _system(sheet: FeaturePlanes, context: StationContext, window: Window, at: Ints, slab: Lookback) -> None:
    """How busy the whole system is, and against what is usual: the weather and the day, seen through the bikes."""
    count = max(len(window.stations.ids), 1)
    now = slab.rows(at)
    for span in SYSTEM_FLOWS:
        then = slab.rows(as_of(window.times, window.times[at] - span * 60)[0])
        arrived = (slab.came[now] - slab.came[then]).sum(axis=1, dtype=np.float64)
        departed = (slab.left[now] - slab.left[then]).sum(axis=1, dtype=np.float64)
        sheet[f"system_in_{span}"], sheet[f"system_out_{span}"] = (
            (arrived / count)[:, None],
            (departed / count)[:, None],
        )
    usual = (sheet["usual_in_60"] + sheet["usual_out_60"]).sum(axis=1, dtype=np.float64)
    busy = (sheet["in_60"] + sheet["out_60"]).sum(axis=1, dtype=np.float64)
    sheet["system_pace"] = (busy / np.maximum(usual, 1e-3))[:, None]
    churn = sheet["day_churn"]
    day = np.where(np.isnan(churn), 0, churn).sum(axis=1, dtype=np.float64)
    sheet["system_day"] = (day / max(24 * float(context.churn.sum()), 1e-3))[:, None]


def _neighbourhood(sheet: FeaturePlanes, context: StationContext) -> None:
    bikes, docks = sheet["bikes"], sheet["docks"]
    empty, full = (bikes == 0).astype(np.float32), (docks == 0).astype(np.float32)
    columns = [sheet["fill"], empty, full, *(sheet[name] for name in ("change_15", "change_60", "in_30", "out_30"))]
    mean = context.neighbours.mean(np.stack(columns, axis=-1))
    for i, name in enumerate(("fill", "empty", "full", "change_15", "change_60", "in", "out")):
        sheet[f"near_{name}"] = mean[..., i]
    sheet["near_km"] = context.neighbours.nearest_km


def _where(rows: npt.NDArray[np.bool_], values: Floats) -> Floats:
    """The values in the rows that are good, NaN in the others."""
    return values if rows.all() else np.where(rows[:, None], values, np.float32(np.nan))
