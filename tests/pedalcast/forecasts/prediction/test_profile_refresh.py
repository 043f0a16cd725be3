"""Whichever model serves gets the city's newest profile, read a day at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forecaster.history import History
from forecaster.objects import open_objects
from pedalcast.forecasts.prediction.general_model import load_general_model
from pedalcast.forecasts.prediction.models import Model, PersistenceModel
from pedalcast.forecasts.prediction.profile_refresh import WAIT_S, ProfileRefresh
from tests.invented_city import invented_city, store_city

EVERY_S = 3_600.0


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Three days of a small city."""
    return store_city(tmp_path / "objects", invented_city(3))


def rounds(refresh: ProfileRefresh) -> list[tuple[bool, float]]:
    """What each round says and how long it waits, until there is nothing more to read."""
    seen = []
    while not seen or seen[-1][1] == WAIT_S:
        seen.append((refresh.run_round(), refresh.wait_s()))
    return seen


def test_a_long_history_is_read_in_rounds(history: History) -> None:
    model = load_general_model()
    assert model is not None
    blank = model.model.profile
    seen = rounds(ProfileRefresh(history, lambda: model, every_s=EVERY_S))
    assert seen == [(False, WAIT_S), (False, WAIT_S), (True, EVERY_S)]
    assert model.model.profile.ids != blank.ids
    assert np.isfinite(model.model.profile.table).all()


def test_the_model_that_serves_by_then_gets_it(history: History) -> None:
    first, second = load_general_model(), load_general_model()
    assert first is not None
    assert second is not None
    current: list[Model] = [first]
    refresh = ProfileRefresh(history, lambda: current[-1], every_s=EVERY_S)
    rounds(refresh)
    current.append(second)
    assert refresh.run_round()
    assert second.model.profile.ids == first.model.profile.ids


def test_without_history_or_a_profile_nothing_changes(tmp_path: Path, history: History) -> None:
    model = load_general_model()
    assert model is not None
    empty = ProfileRefresh(History(open_objects(tmp_path / "none")), lambda: model, every_s=EVERY_S)
    assert not empty.run_round()
    assert empty.wait_s() == EVERY_S
    assert model.model.profile.ids == ()
    assert not any(done for done, _ in rounds(ProfileRefresh(history, PersistenceModel, every_s=EVERY_S)))
