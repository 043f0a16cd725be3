"""Numbers mean the same however they are written, and different things stay different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedalcast.rag.text.quantities import claimed, missing, stated


def borne_out(claim: str, source: str) -> bool:
    return not missing(claimed(claim), stated(source))


class TestOneFactInManyFormats:
    @pytest.mark.parametrize(
        ("claim", "source"),
        [
            ("1,000원", "1000 won"),
            ("1,000원", "천 원입니다"),
            ("₩1,000", "요금은 1,000원"),
            ("KRW 15000", "1만 5천원"),
            ("30,000 won", "3만 원"),
            ("98 %", "98퍼센트"),
            ("98%", "98 percent"),
            ("two hours", "2시간"),
            ("120 minutes", "2 hours"),
            ("90분", "1시간 30분"),
            ("한 시간 반", "90 minutes"),
            ("30 minutes", "half an hour"),
            ("30 minutes", "1시간 30분"),
            ("오후 3시", "15:00"),
            ("3 pm", "15:00"),
            ("3:30 p.m.", "오후 3시 반"),
            ("10:05", "10시 5분"),
            ("12 am", "0:00"),
            ("정오 12시", "12:00"),
            ("at 10:05", "observed 2026-11-20T10:05:00Z"),
            ("2.50 km", "2500 m"),
            ("4.20 bikes", "4.2 bikes"),
            ("4 bikes", "자전거 4대가 있습니다"),
            ("2026년 11월 20일", "2026-11-20"),
            ("Call 1599-0120", "1599-0120번"),
            ("station ST-4", "ST-4"),
            ("GBFS v2.3", "the v2.3 specification"),
            ("2 stations", "two stations"),
            ("1000 bikes", "1,000 자전거"),
        ],
    )
    def test_is_borne_out(self, claim: str, source: str) -> None:
        assert claimed(claim), "the claim states a number"
        assert borne_out(claim, source)


class TestDifferentFacts:
    @pytest.mark.parametrize(
        ("claim", "source"),
        [
            ("2,000원", "1,000원"),
            ("80%", "80 bikes"),
            ("5 bikes", "5 docks"),
            ("30 minutes", "30원"),
            ("오전 3시", "15:00"),
            ("3 am", "3 pm"),
            ("10:05", "10:50"),
            ("1시간", "1분"),
            ("1599-0120", "1599-0121"),
            ("ST-4", "ST-44"),
            ("v2.3", "v2.2"),
            ("100", "1000"),
            ("1.5 km", "1.5 m"),
        ],
    )
    def test_is_not(self, claim: str, source: str) -> None:
        assert not borne_out(claim, source)


class TestWhatIsNoClaim:
    @pytest.mark.parametrize(
        "text",
        [
            "1. Open the app\n2. Scan the code",
            "one of the stations",
            "천천히 걸었다",
            "대한민국의 자전거",
            "한번 해 보세요",
            "a bike",
        ],
    )
    def test_states_nothing_in_need_of_a_source(self, text: str) -> None:
        assert claimed(text) == []

    def test_a_time_without_morning_or_afternoon_stands_for_both(self) -> None:
        assert borne_out("22:00", "10시에 닫습니다")
        assert borne_out("10시", "22:00")


@given(st.integers(0, 10_000_000))
def test_any_amount_of_won_is_one_fact_with_and_without_separators(amount: int) -> None:
    assert borne_out(f"{amount:,}원", f"{amount} won")
    assert not borne_out(f"{amount:,}원", f"{amount + 1} won")


@given(st.integers(0, 23), st.integers(0, 59))
def test_any_time_of_day_is_one_fact_on_both_clocks(hour: int, minute: int) -> None:
    half = "오후" if hour >= 12 else "오전"
    assert borne_out(f"{half} {(hour - 1) % 12 + 1}시 {minute}분", f"{hour:02}:{minute:02}")


@given(st.text(max_size=200))
def test_any_text_bears_itself_out(text: str) -> None:
    assert borne_out(text, text)
