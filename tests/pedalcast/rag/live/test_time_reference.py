"""The time a question means."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pedalcast.rag.live.time_reference import parse_time_reference

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
