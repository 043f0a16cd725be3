"""What endpoints ask for that concerns plans."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.plans.service import PlanService

PlanServiceDep = Annotated[PlanService, Depends(state_of("plans", PlanService))]
