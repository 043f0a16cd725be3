"""What the rest of the service asks of forecasts."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from pedalcast.forecasts.prediction.active_model import ActiveModel
from pedalcast.forecasts.prediction.models import Model, PersistenceModel
from pedalcast.forecasts.run_chances import StationChances
from pedalcast.forecasts.served_run import Fields, ServedRun, ServedRunHolder
from pedalcast.kit.errors import NotFoundError, UnavailableError
from pedalcast.kit.web.cached_response import CachedResponse


class ForecastService:
    """The run that is served, and the model that makes the next one. May be used from any thread."""

    def __init__(self, general: Model | None = None) -> None:
        """`general` forecasts until there is a champion; without it, persistence."""
        self.board = ServedRunHolder()
        self.general = general
        self.models = ActiveModel(PersistenceModel(), general)
        self.changing = Lock()  # held by who looks whether there is another champion, until it is swapped in
        self._wake: Callable[[], None] = lambda: None

    def when_swapped(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever the model changes."""
        self._wake = wake

    def swap(self, model: Model | None) -> Model:
        """Forecast with `model` from now on (None: persistence), at once; the model it replaces."""
        before = self.models.swap(model)
        self._wake()
        return before

    def everything(self, fields: Fields = ()) -> CachedResponse:
        """All forecasts, with these fields beside the usual ones. Raises `UnavailableError` before the first run."""
        return self.served().variant(fields)

    def served(self) -> ServedRun:
        """The run that is served. Raises `UnavailableError` before the first one."""
        if self.board.posted is None:
            raise UnavailableError("There has been no forecast yet.", "no_forecast", retry_after=30)
        return self.board.posted

    def chances(self, station_id: str) -> StationChances | None:
        """A station's chances of at least n bikes or docks; None without a run or a forecast for the station."""
        posted = self.board.posted
        return None if posted is None or posted.chances is None else posted.chances.station(station_id)

    def one(self, station_id: str) -> CachedResponse:
        """A station's forecast. Raises `NotFoundError`, before the first run `UnavailableError`."""
        response = self.board.station(station_id)
        if response is None:
            self.everything()
            raise NotFoundError(f"There is no forecast for a station {station_id}.", "station_not_found")
        return response

    def problem(self) -> str | None:
        """What keeps forecasts from being served, for `/ready`."""
        return None if self.board.posted is not None else "no forecast yet"
