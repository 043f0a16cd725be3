"""The replay on a made-up city whose outcome is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from bench.sample_data.memory_history import MemoryHistory

from forecaster.distribution import CHANGES, WIDTH
from forecaster.model import Forecast
from forecaster.model.forecast import Spread
from forecaster.window import StationSet, Window
from pedalcast.plans.plan_replay import ReplayQuestion, replay_plans
from pedalcast.plans.replay_report import as_table

POLLS = 3 * 288


@dataclass
class Certain:
    """A model that knows that the count of station `place` becomes 0 within ten minutes, and all others stay."""

    place: int
    name: str = "certain"

    def predict(self, window: Window) -> Forecast:
        now = window.bikes[-1]
        change = np.zeros_like(now)
        change[self.place] = -now[self.place]
        cdf = (change[:, None] <= CHANGES).astype(np.float32)
        both = np.stack([cdf, cdf])
        later = np.stack([now + change] * 2)
        counts = later.astype(np.int16)
        assert both.shape == (2, len(now), WIDTH)
        certain = (later > 0).astype(np.float32)
        return Forecast((10, 60), later, counts, counts, certain, certain, (Spread(slice(None), both),))


@pytest.fixture(scope="module")
def history() -> MemoryHistory:
    """Three stations: the first always has bikes, the second, 200 m off, has 2 and none by turns of half an hour, the
    third, far away, never has one."""
    turns = (np.arange(POLLS) // 6) % 2
    bikes = np.stack([np.full(POLLS, 8), np.where(turns == 0, 2, 0), np.zeros(POLLS)], axis=1).astype(np.float32)
    stations = StationSet(
        ("A", "B", "C"), np.array([37.5, 37.5018, 37.7]), np.full(3, 127.0), np.full(3, 10.0), np.full(3, np.nan)
    )
    times = 1_795_000_200 + 300 * np.arange(POLLS, dtype=np.int64)
    nothing = np.full_like(bikes, np.nan)
    return MemoryHistory(Window(stations, times, bikes, 10 - bikes, nothing, np.ones_like(bikes)))


class TestReplay:
    def test_counts_what_held_and_what_was_needed(self, history: MemoryHistory) -> None:
        question = ReplayQuestion("bike", 1, 15)
        scores = replay_plans(history, question, days=1, every=6, model=Certain(1))  # type: ignore[arg-type]
        plan = scores["plan"].row()
        moments = scores["plan"].questions // 3
        assert plan["questions"] == 3 * moments
        assert plan["go"] == moments  # only the first station is advised
        assert plan["go_held"] == 1
        assert scores["plan"].counts["elsewhere"] == moments  # from the second to the first
        assert plan["sent_helped"] == 1
        assert plan["sent_needed"] == pytest.approx(0.5, abs=0.05)
        assert plan["nowhere"] == moments  # of the third nobody knows better
        assert plan["served"] == pytest.approx(2 / 3)

    def test_stands_beside_the_last_value(self, history: MemoryHistory) -> None:
        question = ReplayQuestion("bike", 1, 30)  # half an hour on, the second station is always the other way round
        scores = replay_plans(history, question, days=1, every=6, model=Certain(1))  # type: ignore[arg-type]
        assert scores["last_value"].row()["go_held"] == pytest.approx(2 / 3, abs=0.03)
        assert scores["last_value"].row()["sent_needed"] == 0
        assert scores["always_go"].row()["served"] == pytest.approx(0.5, abs=0.03)
        assert scores["plan (few)"].questions < scores["plan"].questions
        table = as_table(scores)
        assert table.count("\n") == 1 + len(scores)
        assert "| plan |" in table

    def test_a_short_history_is_refused(self, history: MemoryHistory) -> None:
        with pytest.raises(ValueError, match="too short"):
            replay_plans(history, ReplayQuestion("bike", 1, 15), days=2.5)
