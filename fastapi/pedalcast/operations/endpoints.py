"""`/api/v1/operations`: how the service is doing, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from pedalcast.accounts.dependencies import AdminDep
from pedalcast.kit.errors import responses
from pedalcast.operations.dependencies import OperationsServiceDep
from pedalcast.operations.schemas import Operations

router = APIRouter(prefix="/api/v1/operations", tags=["operations"])


@router.get("", summary="How the service is doing", responses=responses(401, 403, 422, 503))
def read_operations(
    operations: OperationsServiceDep,
    _: AdminDep,
    hours: Annotated[float, Query(gt=0, le=168, description="whose accuracy is shown")] = 24.0,
) -> Operations:
    """Feed, forecasts, accuracy, model, workers and jobs, as this replica sees them; for admins."""
    return operations.show(hours)
