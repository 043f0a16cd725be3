"""What endpoints ask for that concerns rebalancing."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.rebalancing.service import RebalancingService

RebalancingServiceDep = Annotated[RebalancingService, Depends(state_of("rebalancing", RebalancingService))]
