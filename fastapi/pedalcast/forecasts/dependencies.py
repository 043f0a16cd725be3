"""What endpoints ask for that concerns forecasts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.forecasts.archive.station_past import StationPastService
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.dependencies import state_of

ForecastServiceDep = Annotated[ForecastService, Depends(state_of("forecasts", ForecastService))]
StationPastDep = Annotated[StationPastService, Depends(state_of("past_forecasts", StationPastService))]
