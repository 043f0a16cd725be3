"""What endpoints ask for that concerns stations."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.stations.service import StationService

StationServiceDep = Annotated[StationService, Depends(state_of("stations", StationService))]
