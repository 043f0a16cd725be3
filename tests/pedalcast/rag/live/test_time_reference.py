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


@pytest.mark.parametrize(
    ("question", "minutes"),
    [
        ("in a couple of minutes", 2),
        ("in fifteen mins", 15),
        ("in 1.5 hours", 90),
        ("in 1 1/2 hours", 90),
        ("in 1h30", 90),
        ("in 1h 30m", 90),
        ("in 90min", 90),
        ("in an hour and 15 minutes", 75),
        ("one hour from now", 60),
        ("30 min from now", 30),
        ("20 minutes later", 20),
        ("after 20 minutes", 20),
        ("in three quarters of an hour", 45),
        ("in half hour", 30),
        ("in a half hour", 30),
        ("in 2 and a half hours", 150),
        ("at 5", 20),
        ("at five", 20),
        ("at five thirty", 50),
        ("at 5.30", 50),
        ("at 17h10", 30),
        ("at 17h", 20),
        ("around 6pm", 80),
        ("by 6 pm", 80),
        ("ten past five", 30),
        ("at twenty to six", 60),
        ("five to five", 15),
        ("at 5 o'clock", 20),
        ("at five o clock", 20),
        ("half five", 50),
        ("at 5:10pm", 30),
        ("at 5:10 p.m.", 30),
        ("at 12 pm", 1160),
        ("at 12 am", 440),
        ("tonight at 8", 200),
        ("this evening at 7", 140),
        ("at 7 in the evening", 140),
        ("at 6 tonight", 80),
        ("15분 있다가", 15),
        ("15분 이따 자전거 있어?", 15),
        ("삼십 분 뒤", 30),
        ("한시간반 뒤에", 90),
        ("1시간반 후", 90),
        ("반 시간 후", 30),
        ("십오분 후", 15),
        ("다섯 시 반에", 50),
        ("다섯시 십분에", 30),
        ("오후 다섯시에", 20),
        ("저녁 7시에", 140),
        ("저녁 일곱 시", 140),
        ("밤 열시에", 320),
        ("17시 10분", 30),
        ("17시10분에", 30),
        ("5시 10분쯤", 30),
        ("5시쯤 도착", 20),
        ("낮 12시", 1160),
        ("새벽 2시에", 560),
        ("10분쯤 뒤", 10),
        ("10분 정도 후에", 10),
        ("10분안에", 10),
        ("30분 내로", 30),
        ("한 30분 뒤", 30),
        ("두어 시간 뒤", 120),
        ("퇴근시간 6시에", 80),
    ],
)
def test_a_time_as_people_say_it(question: str, minutes: int) -> None:
    when = parse_time_reference(question, NOW)
    assert (when.minutes, when.beyond, when.past) == (minutes, False, False)


@pytest.mark.parametrize(
    "question",
    [
        "내일 오후 5시",
        "tomorrow",
        "next week at 5",
        "모레",
        "this time tomorrow",
        "in two days",
        "in 3 days",
        "3일 뒤",
        "다음주 월요일",
        "on Monday at 5",
        "월요일 5시",
        "주말에 자전거 있을까",
    ],
)
def test_other_days_are_beyond(question: str) -> None:
    assert parse_time_reference(question, NOW).beyond


@pytest.mark.parametrize(
    "question",
    [
        "30 minutes ago",
        "ten minutes back",
        "an hour ago",
        "yesterday at 5",
        "어제 5시",
        "아까 30분 전",
        "한 시간 전에",
        "반시간 전",
        "this morning at 8",
        "오늘 아침 8시에 몇 대 있었어",
        "at 3 pm how many bikes were there",
        "3시에 몇 대 있었어?",
        "last night",
        "어젯밤",
        "지난주",
        "그저께",
        "earlier today how many were there",
        "half an hour earlier",
        "방금 전에",
        "조금 전",
        "5분전",
        "in -5 minutes",
    ],
)
def test_what_has_gone_by_is_the_past(question: str) -> None:
    assert parse_time_reference(question, NOW).past


@pytest.mark.parametrize(
    "question",
    [
        "I need 5 to 6 bikes at 102",
        "bikes at 5 Main Street",
        "bikes at One Kendall Square",
        "are there any at one station near me",
        "a bike for 2 at 8 Avenue",
        "bikes at Five Points?",
        "bikes at the Sun Tower",
        "at 5 docks",
        "두 분이서 탈 자전거 있어?",
        "세 분이 타실 자전거",
        "자전거 두 대 있어?",
    ],
)
def test_other_numbers_are_no_times(question: str) -> None:
    assert parse_time_reference(question, NOW).said is False


@pytest.mark.parametrize(
    ("question", "day", "clock"),
    [
        ("어젯밤 10시에 몇 대 있었어", 19, "22:00"),
        ("last night at 11", 19, "23:00"),
        ("월요일 5시에 몇 대 있었어?", 16, "17:00"),
        ("on Tuesday at 8 in the morning how many were there", 17, "08:00"),
        ("오늘 아침 8시", 20, "08:00"),
        ("today at 3 pm", 20, "15:00"),
        ("ten minutes back", 20, "16:30"),
        ("사흘 전", 17, "16:40"),
    ],
)
def test_the_time_that_has_gone_by(question: str, day: int, clock: str) -> None:
    at = parse_time_reference(question, NOW).past_at
    assert at is not None
    assert (at.day, f"{at:%H:%M}") == (day, clock)


def test_this_evening_is_a_time_without_an_hour() -> None:
    assert parse_time_reference("will there be bikes this evening?", NOW).minutes == 80
    assert parse_time_reference("오늘 밤에 자전거 있을까?", NOW).minutes == 200


def test_today_s_day_of_the_week_is_today() -> None:
    assert parse_time_reference("on Friday at 5:10 pm", NOW).minutes == 30
