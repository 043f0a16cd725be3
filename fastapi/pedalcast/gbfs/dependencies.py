"""What the endpoints of this domain ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.gbfs.service import GbfsService
from pedalcast.kit.dependencies import state_of

GbfsServiceDep = Annotated[GbfsService, Depends(state_of("gbfs", GbfsService))]
