"""What endpoints ask for that concerns operations."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.operations.service import OperationsService

OperationsServiceDep = Annotated[OperationsService, Depends(state_of("operations", OperationsService))]
