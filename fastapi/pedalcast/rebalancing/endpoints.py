"""`/api/v1/predict/rebalancing`: what to bring where."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from pedalcast.kit.errors import responses
from pedalcast.rebalancing.dependencies import RebalancingServiceDep
from pedalcast.rebalancing.schemas import Rebalancing, RebalancingSelection
from pedalcast.rebalancing.service import as_csv

router = APIRouter(prefix="/api/v1/predict/rebalancing", tags=["forecasts"])
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@router.get("", response_model=Rebalancing, summary="What to bring where", responses={**CSV, **responses(422, 503)})
async def list_moves(
    rebalancing: RebalancingServiceDep,
    selection: Annotated[RebalancingSelection, Query()],
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Rebalancing | Response:
    """Stations that will probably be empty or full, those that fail the most riders first, with the bikes to bring or
    take and the nearest stations that have them; and stations with bikes that nobody takes.

    The moves as CSV with `Accept: text/csv`.
    """
    listed = await rebalancing.work.run(lambda: rebalancing.moves(selection.minutes, selection.limit))
    if "text/csv" in accept:
        headers = {"Content-Disposition": 'attachment; filename="rebalancing.csv"', "Vary": "Accept"}
        return Response(as_csv(listed), headers=headers, media_type="text/csv; charset=utf-8")
    return listed
