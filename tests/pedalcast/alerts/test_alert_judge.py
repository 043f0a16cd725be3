"""When a rule counts, when it warns and when that is over, and what it recommends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pedalcast.alerts.alert_judge import StationPlace, applies, judge, nearest
from pedalcast.stations.geo import Coordinates

CENTRE = Coordinates(37.55, 126.91)
FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)


def place(name: str, metres_north: float = 0.0) -> StationPlace:
    return StationPlace(name, {"ko": f"{name}역", "en": name}, Coordinates(37.55 + metres_north / 111_195, 126.91))


OWN = (place("A"), place("B", 200))
OTHERS = (*OWN, place("C", 600), place("D", 900), place("E", 5000), StationPlace("F", {}, None))


@pytest.mark.parametrize(
    ("at", "weekdays", "start", "end", "counts"),
    [
        ("08:00", None, None, None, True),
        ("08:00", [5], None, None, True),
        ("08:00", [1, 2, 3, 4, 6, 7], None, None, False),
        ("07:30", None, "07:30", "09:00", True),
        ("09:00", None, "07:30", "09:00", False),
        ("07:29", None, "07:30", "09:00", False),
        ("23:30", None, "22:00", "01:00", True),
        ("00:59", None, "22:00", "01:00", True),
        ("12:00", None, "22:00", "01:00", False),
        ("12:00", None, "08:00", "08:00", True),
    ],
)
def test_counts_on_its_days_in_its_hours(
    at: str, weekdays: list[int] | None, start: str | None, end: str | None, *, counts: bool
) -> None:
    hour, minute = map(int, at.split(":"))
    assert applies(FRIDAY.replace(hour=hour, minute=minute), weekdays, start, end) is counts


@pytest.mark.parametrize(
    ("chances", "warned", "outcome"),
    [
        ({"A": 0.1, "B": 0.49}, False, "warn"),
        ({"A": 0.1, "B": 0.5}, False, "wait"),
        ({"A": 0.1}, False, "warn"),
        ({}, False, "wait"),
        ({"A": 0.1, "B": 0.49}, True, "wait"),
        ({"A": 0.1, "B": 0.55}, True, "wait"),
        ({"A": 0.6}, True, "over"),
        ({}, True, "wait"),
    ],
)
def test_warns_once_for_the_neighbourhood(chances: dict[str, float], outcome: str, *, warned: bool) -> None:
    assert judge(OWN, OTHERS, chances.get, warned=warned).outcome == outcome


def test_recommends_the_nearest_that_is_likely() -> None:
    verdict = judge(OWN, OTHERS, {"A": 0.2, "B": 0.3, "C": 0.69, "D": 0.7, "E": 1.0, "F": 1.0}.get, warned=False)
    assert verdict.best == (OWN[1], 0.3)
    assert verdict.instead is not None
    assert verdict.instead[0].station_id == "D"
    alone = judge(OWN, OTHERS, {"A": 0.2, "E": 1.0}.get, warned=False)
    assert (alone.outcome, alone.instead) == ("warn", None)


def test_nearest_leaves_out_what_lies_nowhere() -> None:
    assert [found.station_id for found in nearest(CENTRE, OTHERS, 700)] == ["A", "B", "C"]
    assert nearest(CENTRE, [], 700) == []
