"""`/api/v1/predict/stations`: the forecasts of all stations, or of one.

Plain requests are answered in front of the router (`kit/web/fast_path.py`) from the same kept bytes.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response

from pedalcast.forecasts.dependencies import ForecastServiceDep, StationPastDep
from pedalcast.forecasts.schemas import ForecastPast, Forecasts, StationForecast, parse_fields
from pedalcast.kit.errors import responses
from pedalcast.kit.web.conditional_headers import AcceptEncoding, IfNoneMatch
from pedalcast.kit.web.paths import StationId

PATH = "/api/v1/predict/stations"
MoreFields = Annotated[
    str,
    Query(
        description="fields beside the usual ones, with commas between", examples=["p_bike_at_least,p_dock_at_least"]
    ),
]
router = APIRouter(prefix=PATH, tags=["forecasts"])


@router.get("", response_model=Forecasts, summary="All forecasts", responses={304: {}, **responses(422, 503)})
async def list_forecasts(
    forecasts: ForecastServiceDep,
    fields: MoreFields = "",
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Response:
    """Every station's forecast of the last run, compressed when asked for. Carries an ETag; 304 until the next run.

    `fields` adds the chances of at least 1, 2, 3 and 5; such a body is kept ready once it has been asked for.
    """
    body = await asyncio.to_thread(forecasts.everything, parse_fields(fields))
    return body.response(if_none_match, accept_encoding)


@router.get(
    "/{station_id:anything}/history",
    response_model=ForecastPast,
    summary="What had been forecast",
    responses=responses(404, 422, 503),
)
async def read_past(
    forecasts: ForecastServiceDep,
    past: StationPastDep,
    station_id: StationId,
    hours: Annotated[int, Query(ge=1, le=168)] = 24,
) -> Response:
    """A station at each past moment, with what had been forecast for it 10, 20, 30 and 60 minutes before.

    A few are answered at a time; 503 `busy` when many wait already.
    """
    if (named_so := forecasts.board.station(f"{station_id}/history")) is not None:  # an id that ends in /history
        return named_so.response()
    body = await past.work.run(lambda: past.body(station_id, hours))
    return Response(body, media_type="application/json")


@router.get(
    "/{station_id:anything}",
    response_model=StationForecast,
    summary="One forecast",
    responses={304: {}, **responses(404, 503)},
)
async def read_forecast(
    forecasts: ForecastServiceDep, station_id: StationId, if_none_match: IfNoneMatch = None
) -> Response:
    """One station's forecast: bikes expected, their 80 % interval, and the chances of a bike and of a free dock."""
    return forecasts.one(station_id).response(if_none_match)
