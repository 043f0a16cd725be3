"""What endpoints ask for: the service of fault reports."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.reports.service import FaultReportService

FaultReportsDep = Annotated[FaultReportService, Depends(state_of("reports", FaultReportService))]
