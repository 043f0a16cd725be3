"""What features are worth: something where the city follows them, nothing where they say nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from bench.sample_data.memory_history import MemoryHistory

from forecaster.evaluation.ablation import SEED_NOISE, ablation
from forecaster.model.boosting import Boosting
from forecaster.window import Window

CYCLE = 4.3 * 3_600  # seconds in which a station of the city below fills and empties


def sawtooth(city: Callable[..., Window], days: float, count: int = 8) -> Window:
    """A city in which a station gains a bike every ten minutes for half its cycle and loses one for the other half;
    each is somewhere else in its cycle, so that only its own past tells which way it goes."""
    window = city(days, count=count)
    place = (window.times[:, None] + np.random.default_rng(0).integers(0, CYCLE, count)) % CYCLE
    bikes = (np.minimum(place, CYCLE - place) // 600).astype(np.float32)
    return replace(window, bikes=bikes, docks=15 - bikes)


def test_the_past_is_worth_most_where_only_it_tells_the_direction(city: Callable[..., Window]) -> None:
    past = "changes+flows+yesterday+day_flows"
    found = ablation(
        MemoryHistory(sawtooth(city, 5)),
        groups=(past, "holiday"),
        horizons=(30,),
        rows=4_000,
        judged=2_000,
        repeats=1,
        boosting=Boosting(rounds=24, leaves=8),
    )
    assert list(found.worth) == [SEED_NOISE, past, "holiday"]
    assert found.judged > 1_000
    assert set(found.scores["30"]) == set(found.worth[past]["30"]) == {"crps", "brier_empty", "brier_full"}
    for worth in found.worth.values():
        for middle, low, high in worth["30"].values():
            assert low <= middle <= high
    assert found.worth[past]["30"]["crps"][1] > 20
    assert found.worth["holiday"]["30"]["crps"] == (0, 0, 0)  # no holiday in it: the same trees grow


def test_a_model_leans_on_what_it_learned_from(city: Callable[..., Window]) -> None:
    found = ablation(
        MemoryHistory(sawtooth(city, 5)),
        groups=("changes+flows+yesterday+day_flows", "holiday"),
        horizons=(30,),
        rows=4_000,
        judged=2_000,
        repeats=2,
        shuffled=True,
        boosting=Boosting(rounds=24, leaves=8),
    )
    assert SEED_NOISE not in found.worth
    assert found.worth["changes+flows+yesterday+day_flows"]["30"]["crps"][1] > 20
    assert found.worth["holiday"]["30"]["crps"] == (0, 0, 0)


def test_an_unknown_group_is_refused_before_any_work(city: Callable[..., Window]) -> None:
    with pytest.raises(ValueError, match="no group of features 'weather'"):
        ablation(MemoryHistory(city(0.01, count=2)), groups=("weather",))
