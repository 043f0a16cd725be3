"""`/api/v1/page`: the page's settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.page.schemas import PageSettings

router = APIRouter(prefix="/api/v1/page", tags=["page"])


@router.get("", summary="What the operator has set for the page")
async def read_page_settings(
    page_settings: Annotated[PageSettings, Depends(state_of("page_settings", PageSettings))],
) -> PageSettings:
    """The base map, and how people may sign in."""
    return page_settings
