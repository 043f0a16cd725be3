"""Twenty questions of the transcript, Korean and English, documented and live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranscriptQuestion:
    """A question; `follows` continues the conversation before it."""

    text: str
    follows: bool = False


QUESTIONS = (
    TranscriptQuestion("일일권은 얼마예요?"),
    TranscriptQuestion("환불은요?", follows=True),
    TranscriptQuestion("How do I rent a bike?"),
    TranscriptQuestion("What happens if I return the bike late?"),
    TranscriptQuestion("헬멧을 꼭 써야 하나요?"),
    TranscriptQuestion("자전거가 고장 나면 어떻게 해요?"),
    TranscriptQuestion("예측은 얼마나 정확한가요?"),
    TranscriptQuestion("How far ahead do forecasts reach?"),
    TranscriptQuestion("Is there an API for developers?"),
    TranscriptQuestion("내 이동 기록은 얼마나 보관되나요?"),
    TranscriptQuestion("은별역 1번출구에 지금 자전거 몇 대 있어?"),
    TranscriptQuestion("30분 뒤에는?", follows=True),
    TranscriptQuestion("will there still be a bike at Station 102 in ten minutes, and where else?"),
    TranscriptQuestion("가온타워에 한 시간 후에 반납할 자리가 있을까?"),
    TranscriptQuestion("은벌역 자전거 남았어?"),
    TranscriptQuestion("Any bikes near 37.5640, 126.9800?"),
    TranscriptQuestion("강남역에 자전거 있어?"),
    TranscriptQuestion("How many bikes are at Mireu Tower, and how much is a day pass?"),
    TranscriptQuestion("What is the capital of France?"),
    TranscriptQuestion("고마워요!"),
)
