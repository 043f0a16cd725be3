"""Sentences about a station."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from pedalcast.rag.live.sentence_templates import Moment, now_sentence
from tests.pedalcast.rag.live.city import SEEN, small_city


@pytest.mark.parametrize(
    ("unlimited", "lang", "words"),
    [
        (True, "en", "no limit on returns"),
        (False, "en", "an unknown number of free docks"),
        (True, "ko", "거치 공간은 제한이 없습니다"),
        (False, "ko", "빈 거치대 수는 알 수 없습니다"),
    ],
)
def test_docks_without_a_number(unlimited: bool, lang: str, words: str) -> None:
    moment = Moment(SEEN, ZoneInfo("Asia/Seoul"), timedelta(minutes=15))
    station = replace(small_city().stations[0], docks=None, unlimited=unlimited)
    assert words in now_sentence(station, moment, lang)
