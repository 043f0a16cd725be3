"""What a question about stations asks for, read as slots."""

from __future__ import annotations

import pytest

from pedalcast.rag.live.slots import LiveSlots, asks_nearest, parse_slots


class TestSlots:
    @pytest.mark.parametrize(
        ("question", "slots"),
        [
            ("여의나루역 자전거 있어?", LiveSlots(expects="some")),
            ("can i drop my bike off at city hall", LiveSlots(docks=True, expects="some")),
            ("where can I leave it", LiveSlots(docks=True)),
            ("거기 말고 반납할데", LiveSlots(docks=True, excluded=True)),
            ("need 3 bikes at the market", LiveSlots(at_least=3)),
            ("are there at least five at the tower", LiveSlots(at_least=5, expects="some")),
            ("two of us at the library", LiveSlots(at_least=2)),
            ("시청역에 자전거 5대 이상 있어?", LiveSlots(at_least=5, expects="some")),
            ("우리 세명 탈 건데", LiveSlots(at_least=3)),
            ("anything within 300m of the tower?", LiveSlots(radius=300, expects="some")),
            ("가온타워 500미터 안에 자전거", LiveSlots(radius=500)),
            ("within 1.5 km of the park", LiveSlots(radius=1500)),
            ("any e-bikes at the tower", LiveSlots(electric=True, expects="some")),
            ("how many at the tower and the park", LiveSlots()),
        ],
    )
    def test_are_read(self, question: str, slots: LiveSlots) -> None:
        assert parse_slots(question) == slots

    @pytest.mark.parametrize(
        "question", ["젤 가까운 데 어디", "closest dock", "여기서 자전거", "any bikes near me", "close by"]
    )
    def test_nearest(self, question: str) -> None:
        assert asks_nearest(question)
