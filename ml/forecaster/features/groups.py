"""Groups of features that an ablation leaves out together."""

from __future__ import annotations

from forecaster.features.feature_names import CLOCK, DAY, FEATURES, FLOWS, LAGS, NEAR, PROFILE, STATE, SYSTEM

NOW = ("bikes", "docks", "capacity", "fill")  # every forecast starts from these: they are never left out

_FLOWING = ("usual_in_30", "usual_out_30", "usual_in_60", "usual_out_60", "usual_net_60")
_ENDS = ("usual_empty", "usual_empty_60", "usual_full_60")
_NEAR_LEVELS = ("near_fill", "near_empty", "near_full", "near_km")
_DAY_FLOWS = ("yesterday_in", "yesterday_out", "day_churn")

GROUPS: dict[str, tuple[str, ...]] = {
    "changes": tuple(f"change_{lag}" for lag in LAGS),
    "flows": tuple(f"{way}_{span}" for span in FLOWS for way in ("in", "out")),
    "still": ("still",),
    "out_of_use": tuple(name for name in STATE if name not in {*NOW, "poll_gap"}),
    "poll_gap": ("poll_gap",),
    "system": SYSTEM,
    "yesterday": tuple(name for name in DAY if name not in _DAY_FLOWS),
    "day_flows": _DAY_FLOWS,
    "usual_flows": _FLOWING,
    "usual_levels": tuple(name for name in PROFILE if name not in {*_FLOWING, *_ENDS, "usual_churn"}),
    "usual_ends": _ENDS,
    "usual_churn": ("usual_churn",),
    "near_levels": _NEAR_LEVELS,
    "near_flows": tuple(name for name in NEAR if name not in _NEAR_LEVELS),
    "clock": tuple(name for name in CLOCK if name != "holiday"),
    "holiday": ("holiday",),
}


def columns_of(groups: str) -> list[int]:
    """The columns of a group in a matrix of features, or of several joined by `+`: some tell the same, and only
    together are they missed. `ValueError` when there is no such group."""
    names = groups.split("+")
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        raise ValueError(f"no group of features {unknown[0]!r}: there are {', '.join(GROUPS)}")
    return [FEATURES.index(feature) for name in names for feature in GROUPS[name]]
