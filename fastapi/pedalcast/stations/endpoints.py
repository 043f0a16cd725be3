"""`/api/v1/realtime/stations`: stations now, and their recent past."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from pedalcast.kit.errors import NotFoundError, UnavailableError, responses
from pedalcast.kit.web.conditional_headers import AcceptEncoding, IfNoneMatch
from pedalcast.kit.web.paths import StationId
from pedalcast.stations.dependencies import StationServiceDep
from pedalcast.stations.geo import BoundingBox, Coordinates, NearestStations
from pedalcast.stations.schemas import Selection, StationList, StationNow, StationPast

PATH = "/api/v1/realtime/stations"
router = APIRouter(prefix=PATH, tags=["stations"])


@router.get("", response_model=StationList, summary="All stations now", responses={304: {}, **responses(422, 503)})
async def list_stations(
    stations: StationServiceDep,
    selection: Annotated[Selection, Query()],
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Response:
    """Every station with its counts, their age and whether that is stale. Carries an ETag; 304 when nothing changed."""
    if selection.bbox is None and selection.near is None:
        response = stations.everything()
        if response is None:
            raise UnavailableError("There has been no poll yet.", "no_snapshot", retry_after=30)
        return response.response(if_none_match, accept_encoding)
    box = None if selection.bbox is None else BoundingBox.parse(selection.bbox)
    nearest = (
        None
        if selection.near is None
        else NearestStations(Coordinates.parse(selection.near), selection.radius, selection.limit)
    )
    return stations.select(box, nearest).response(if_none_match)


@router.get(
    "/{station_id:anything}/history",
    response_model=StationPast,
    summary="A station's past",
    responses=responses(404, 503),
)
async def read_history(
    stations: StationServiceDep, station_id: StationId, hours: Annotated[int, Query(ge=1, le=168)] = 24
) -> Response:
    """The station at every poll of the last hours, oldest first; gaps are polls that did not see it.

    A few are answered at a time; 503 `busy` when many wait already.
    """
    if (named_so := stations.one(f"{station_id}/history")) is not None:  # a station whose id ends in /history
        return named_so.response()
    body = await stations.past_work.run(lambda: stations.past(station_id, hours))
    return Response(body, media_type="application/json")


@router.get(
    "/{station_id:anything}",
    response_model=StationNow,
    summary="One station now",
    responses={304: {}, **responses(404)},
)
async def read_station(
    stations: StationServiceDep, station_id: StationId, if_none_match: IfNoneMatch = None
) -> Response:
    """One station with its counts, their age and whether that is stale."""
    response = stations.one(station_id)
    if response is None:
        raise NotFoundError(f"There is no station {station_id}.", "station_not_found")
    return response.response(if_none_match)
