"""Brings the profile of whichever model serves up to date with the city's history, without a training."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from forecaster.general.city_profile import CityProfile
from forecaster.history import History
from pedalcast.forecasts.prediction.models import Model

LONGEST = timedelta(days=120)  # of history that a profile is made of
DAYS_A_ROUND = 1  # a long history is read a day at a time, with a wait in between
WAIT_S = 2.0  # between two days of a long history

log = structlog.get_logger(__name__)


class ProfileRefresh:
    """Reads the city's profile and gives it to the current model. For one thread."""

    def __init__(self, history: History, current: Callable[[], Model], *, every_s: float) -> None:
        self._city = CityProfile(history, longest=LONGEST)
        self._current = current
        self._every_s = every_s

    def run_round(self) -> bool:
        """Read on; whether the model has the newest profile now. False while there is too little history, while more
        of it is to be read, and with a model that has no profile.

        Raises the store's `ObjectError`s.
        """
        profile = self._city.read(days=DAYS_A_ROUND)
        if profile is None:
            return False
        model = self._current()
        if not model.use_profile(profile):
            return False
        log.info("city profile refreshed", model=model.version, stations=len(profile.ids))
        return True

    def wait_s(self) -> float:
        """Seconds until the next round."""
        return min(WAIT_S, self._every_s) if self._city.unfinished else self._every_s
