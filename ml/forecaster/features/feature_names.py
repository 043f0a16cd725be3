"""The names, order and fingerprint of a model's features."""

from __future__ import annotations

import hashlib

LAGS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180)  # minutes: bikes now less bikes then
FLOWS = (10, 20, 30, 60, 120, 180)  # minutes: bikes that came and went since then
SYSTEM_FLOWS = (30, 120)
YESTERDAY = (10, 30, 60)  # minutes: what the same slot brought a day ago
LOOKBACK = 180 * 60  # seconds of unbroken polls that the recent features need
HOLE = 30 * 60  # seconds: a past value older than asked for by more than this counts as missing

STATE = ("bikes", "docks", "capacity", "out_of_use", "fill", "poll_gap")
RECENT = (
    *(f"change_{lag}" for lag in LAGS),
    *(f"{way}_{span}" for span in FLOWS for way in ("in", "out")),
    "still",
)
SYSTEM = (*(f"system_{way}_{span}" for span in SYSTEM_FLOWS for way in ("in", "out")), "system_pace", "system_day")
DAY = (*(f"yesterday_{span}" for span in YESTERDAY), "yesterday_in", "yesterday_out", "since_yesterday", "day_churn")
PROFILE = (
    *("usual_in_30", "usual_out_30", "usual_in_60", "usual_out_60", "usual_net_60"),
    *("usual_bikes", "usual_bikes_60", "usual_drift", "above_usual"),
    *("usual_empty", "usual_empty_60", "usual_full_60", "usual_churn"),
)
NEAR = ("near_fill", "near_empty", "near_full", "near_change_15", "near_change_60", "near_in", "near_out", "near_km")
CLOCK = ("minute", "weekday", "holiday")

FEATURES: tuple[str, ...] = (*STATE, *RECENT, *SYSTEM, *DAY, *PROFILE, *NEAR, *CLOCK)
REVISION = 1  # raise it when a feature of the same name comes to mean something else


def feature_hash() -> str:
    """Fingerprint of the features' names, order and meaning: a model is only used with the hash it was trained with."""
    return hashlib.sha256(f"{REVISION}:{','.join(FEATURES)}".encode()).hexdigest()[:16]
