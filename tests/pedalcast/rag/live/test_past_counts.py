"""Questions about the past: which time is meant, and that nothing but what was kept is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pedalcast.rag.live.past_counts import PastCount, ReadPast
from pedalcast.rag.live.service import LiveAnswer, LiveService
from pedalcast.rag.live.time_reference import parse_time_reference
from tests.pedalcast.rag.live.city import NOW, City

SEOUL = NOW.astimezone(ZoneInfo("Asia/Seoul"))  # 10:07 on a Friday


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("30분 전에 몇 대 있었어?", "20 09:37"),
        ("half an hour ago, how many bikes?", "20 09:37"),
        ("how many 2 hours ago", "20 08:07"),
        ("한 시간 반 전에 몇 대였어?", "20 08:37"),
        ("an hour and a half ago", "20 08:37"),
        ("1시간 30분 전", "20 08:37"),
        ("two and a half hours ago", "20 07:37"),
        ("오전 9시에 몇 대 있었어?", "20 09:00"),
        ("11시에는 몇 대 있었어?", "19 23:00"),
        ("어제 오후 3시에 몇 대 있었어?", "19 15:00"),
        ("bikes yesterday at 8pm?", "19 20:00"),
        ("어제 이 시간에 몇 대였어?", "19 10:07"),
        ("3일 전 오후 2시 아니 3일 전", "17 14:00"),
        ("three days ago at 2pm", "17 14:00"),
        ("이틀 전 자전거", "18 10:07"),
    ],
)
def test_the_time_is_understood(question: str, expected: str) -> None:
    when = parse_time_reference(question, SEOUL)
    assert when.past
    assert when.past_at is not None
    assert f"{when.past_at:%d %H:%M}" == expected


@pytest.mark.parametrize(
    ("zone", "now", "question", "minutes"),
    [
        (
            "America/New_York",
            "2026-03-08T07:10Z",
            "how many 30 minutes ago",
            30,
        ),  # now is 3:10
        ("America/New_York", "2026-03-08T07:10Z", "30분 전에 몇 대 있었어?", 30),
        ("America/New_York", "2026-03-08T07:10Z", "how many were there at 1:45 am", 25),
        (
            "America/New_York",
            "2026-03-08T07:10Z",
            "how many were there at 2:30 am",
            23 * 60 + 40,
        ),  # none today
        ("America/New_York", "2026-11-01T06:10Z", "how many 30 minutes ago", 30),  # 1:10 for the second time
        ("America/New_York", "2026-11-01T06:30Z", "how many were there at 1:45 am", 45),
        ("America/New_York", "2026-11-01T06:30Z", "how many were there at 1:15 am", 15),
        ("Europe/London", "2026-10-25T01:30Z", "how many 120 minutes ago", 120),
        ("Europe/London", "2026-10-25T12:00Z", "24시간 전에 몇 대 있었어?", 24 * 60),
        ("Europe/London", "2026-10-25T12:00Z", "어제 이 시간에 몇 대였어?", 25 * 60),  # the same time by the clock
    ],
)
def test_the_time_is_right_where_clocks_change(zone: str, now: str, question: str, minutes: int) -> None:
    local = datetime.fromisoformat(now).astimezone(ZoneInfo(zone))
    at = parse_time_reference(question, local).past_at
    assert at is not None
    assert (local.astimezone(UTC) - at.astimezone(UTC)).total_seconds() == 60 * minutes


@pytest.mark.parametrize(
    "question", ["아까 몇 대 있었어?", "지난주에 몇 대 있었어?", "30일 전 자전거", "9" * 30 + "분 전"]
)
def test_no_time_or_one_too_long_ago_has_none(question: str) -> None:
    when = parse_time_reference(question, SEOUL)
    assert (when.past, when.past_at) == (True, None)


def keeping(*counts: PastCount) -> ReadPast:
    def read(_station: str, start: datetime, end: datetime) -> Sequence[PastCount]:
        return [each for each in counts if start <= each.at <= end]

    return read


def ask(city: City, question: str, lang: str, *counts: PastCount) -> LiveAnswer:
    return LiveService(city, read_past=keeping(*counts)).answer(question, lang)


HALF_HOUR = PastCount(datetime(2026, 11, 20, 0, 35, tzinfo=UTC), 3, 27)


class TestAnswers:
    def test_say_what_was_kept_in_korean_and_english(self, city: City) -> None:
        answer = ask(city, "여의나루역에 30분 전에 몇 대 있었어?", "ko", HALF_HOUR)
        assert answer.text == (
            "207번 여의나루역 1번출구 앞 대여소에는 09:35(32분 전)에 자전거 3대와 빈 거치대 27개가 있었습니다. [1]"
        )
        assert answer.evidence[0].observed_at == HALF_HOUR.at
        assert ask(city, "How many bikes were at Yeouinaru half an hour ago?", "en", HALF_HOUR).text == (
            "207 Yeouinaru Stn. Exit 1 had 3 bikes and 27 free docks at 09:35 (32 minutes ago). [1]"
        )

    def test_keep_unknown_and_unlimited_docks_apart(self, city: City) -> None:
        for unlimited, words in ((False, "unknown number of free docks"), (True, "no limit on returns")):
            past = PastCount(HALF_HOUR.at, 3, None, unlimited)
            assert words in ask(city, "Yeouinaru bikes 30 minutes ago?", "en", past).text

    def test_refuse_what_was_not_kept(self, city: City) -> None:
        answer = ask(city, "여의나루역에 두 시간 전에 몇 대 있었어?", "ko", HALF_HOUR)
        assert answer.text == "그 시각의 대수는 남아 있지 않아 알 수 없습니다. [1]"
        assert "not kept" in LiveService(city).answer("Yeouinaru bikes 30 minutes ago?", "en").text

    def test_never_give_present_counts_for_several_stations(self, city: City) -> None:
        text = ask(city, "Which had more bikes an hour ago, Yeouinaru or Gaon Tower?", "en").text
        assert "one station at a time" in text

    def test_of_the_future_stay_forecasts(self, city: City) -> None:
        assert "expected" in ask(city, "Bikes at Yeouinaru in half an hour?", "en", HALF_HOUR).text
        assert "30분 전" not in ask(city, "여의나루역 지금 몇 대 있어?", "ko", HALF_HOUR).text
