"""Time zones from positions, countries from time zones."""

from __future__ import annotations

import pytest

from forecaster.timezones import check_timezone, country_of, timezone_of

SEOUL, BOSTON = (37.56, 126.97), (42.35, -71.09)


def test_the_zone_most_stations_lie_in() -> None:
    assert timezone_of([SEOUL] * 3 + [BOSTON]) == "Asia/Seoul"
    assert timezone_of([]) is None


@pytest.mark.parametrize(
    ("zone", "country"), [("Asia/Seoul", "KR"), ("America/New_York", "US"), ("Asia/Taipei", "TW"), ("UTC", None)]
)
def test_countries(zone: str, country: str | None) -> None:
    assert country_of(zone) == country


@pytest.mark.parametrize("name", ["Asia/Atlantis", "", "../etc/passwd", "/etc"])
def test_unknown_zones_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        check_timezone(name)
