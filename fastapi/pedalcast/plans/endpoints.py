"""`/api/v1/predict/plan`: go, wait, or take another station."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from pedalcast.kit.errors import responses
from pedalcast.plans.dependencies import PlanServiceDep
from pedalcast.plans.schemas import Plan, PlanQuestion

router = APIRouter(prefix="/api/v1/predict/plan", tags=["forecasts"])


@router.get("", summary="Go, wait or elsewhere", responses=responses(404, 422, 503))
async def read_plan(plans: PlanServiceDep, question: Annotated[PlanQuestion, Query()]) -> Plan:
    """Whether to go to a station at a time, wait there, or take another one within a walk, and why."""
    return plans.plan(question)
