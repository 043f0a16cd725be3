"""Twenty questions of the transcript, Korean and English, documented and live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `follows` continues the conversation before it."""

    text: str
    follows: bool = False


QUESTIONS = (
    Asked("일일권은 얼마예요?"),
    Asked("환불은요?", follows=True),
    Asked("How do I rent a bike?"),
    Asked("What happens if I return the bike late?"),
    Asked("헬멧을 꼭 써야 하나요?"),
    Asked("자전거가 고장 나면 어떻게 해요?"),
    Asked("예측은 얼마나 정확한가요?"),
    Asked("How far ahead do forecasts reach?"),
    Asked("Is there an API for developers?"),
    Asked("내 이동 기록은 얼마나 보관되나요?"),
    Asked("은별역 1번출구에 지금 자전거 몇 대 있어?"),
    Asked("30분 뒤에는?", follows=True),
    Asked("will there still be a bike at Station 102 in ten minutes, and where else?"),
    Asked("가온타워에 한 시간 후에 반납할 자리가 있을까?"),
    Asked("은벌역 자전거 남았어?"),
    Asked("Any bikes near 37.5640, 126.9800?"),
    Asked("강남역에 자전거 있어?"),
    Asked("How many bikes are at Mireu Tower, and how much is a day pass?"),
    Asked("What is the capital of France?"),
    Asked("고마워요!"),
)
