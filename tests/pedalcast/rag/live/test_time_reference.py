"""The time a question means."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pedalcast.rag.live.time_reference import FARTHEST, parse_time_reference

NOW = datetime(2026, 11, 20, 16, 40, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("question", "minutes"),
    [
        ("망원역에 10분 뒤 자전거 있어?", 10),
        ("30분 후에 반납할 자리 있을까", 30),
        ("한 시간 뒤에는?", 60),
        ("1시간 30분 뒤", 90),
        ("반시간 뒤", 30),
        ("두 시간 후", 120),
        ("in ten minutes", 10),
        ("in 45 mins", 45),
        ("half an hour from now", 30),
        ("in an hour", 60),
        ("오후 5시에 자전거 있을까?", 20),
        ("5시 반에 자전거 있을까?", 50),
        ("17:10에 도착해", 30),
        ("at 5:10 pm", 30),
        ("at 5 pm", 20),
        ("오전 9시에", 16 * 60 + 20),
        ("자정에 자전거 있을까", 7 * 60 + 20),
        ("밤 12시에 자전거", 7 * 60 + 20),
        ("at midnight", 7 * 60 + 20),
        ("정오에 자전거 있을까", 19 * 60 + 20),
        ("will there be bikes at noon", 19 * 60 + 20),
        ("half past five", 50),
        ("at quarter past five", 35),
        ("quarter to six", 65),
        ("half past ten", 5 * 60 + 50),
        ("in an hour and a half", 90),
        ("in two hours and a half", 150),
        ("in a quarter of an hour", 15),
        ("한 시간 반 뒤", 90),
        ("두시간반 뒤", 150),
    ],
)
def test_a_time_that_is_named(question: str, minutes: int) -> None:
    when = parse_time_reference(question, NOW)
    assert (when.minutes, when.said, when.beyond) == (minutes, True, False)


@pytest.mark.parametrize(
    "question", ["지금 몇 대 있어?", "망원역 자전거", "bikes at 102 now", "5분 거리에 자전거 있어?", "a 5 minute walk"]
)
def test_now(question: str) -> None:
    assert parse_time_reference(question, NOW).minutes == 0


@pytest.mark.parametrize(
    "question", ["자전거가 남아 있을까?", "will there still be a bike?", "곧 도착하는데", "bikes soon?"]
)
def test_the_near_future_without_a_time(question: str) -> None:
    when = parse_time_reference(question, NOW)
    assert (when.minutes, when.said) == (1, False)


@pytest.mark.parametrize("question", ["내일 아침에 자전거 있을까?", "tomorrow at 9 am"])
def test_days_away_is_beyond(question: str) -> None:
    assert parse_time_reference(question, NOW).beyond


@pytest.mark.parametrize(
    "question",
    [
        "30분 전에 몇 대 있었어?",
        "half an hour ago, how many bikes?",
        "1시간 전 자전거",
        "어제 몇 대 있었어",
        "bikes yesterday?",
    ],
)
def test_the_past_is_no_forecast(question: str) -> None:
    assert parse_time_reference(question, NOW).past


@pytest.mark.parametrize(
    "question",
    ["in 1000000000 hours", "in 99999999999999999999 minutes", "100000시간 뒤", "in 1e30 minutes", "9" * 400 + "분 뒤"],
)
def test_a_number_of_any_size_is_a_time(question: str) -> None:
    when = parse_time_reference(question, NOW)
    assert 0 <= when.minutes <= FARTHEST


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York", "Australia/Lord_Howe", "America/St_Johns"])
def test_every_hour_of_every_day_of_a_year_lies_ahead(zone: str) -> None:
    """Both clock changes are among them; a day has 23 to 25 hours."""
    start = datetime(2026, 1, 1, 12, 7, tzinfo=ZoneInfo(zone))
    for day in range(366):
        now = start + timedelta(days=day)
        for hour in (0, 1, 2, 3, 9, 12, 15, 23):
            when = parse_time_reference(f"at {hour}:30", now)
            assert 0 <= when.minutes <= 25 * 60, (now, hour)


def test_an_hour_is_missing_when_the_clock_goes_forward() -> None:
    now = datetime(2026, 3, 8, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    assert parse_time_reference("at 3:30 am", now).minutes == 60


def test_an_hour_comes_twice_when_the_clock_goes_back() -> None:
    now = datetime(2026, 11, 1, 0, 30, tzinfo=ZoneInfo("America/New_York"))
    assert parse_time_reference("at 3:30 am", now).minutes == 4 * 60


def test_before_a_time_of_day_is_no_past() -> None:
    assert not parse_time_reference("5시 전에 자전거 있을까?", NOW).past
