"""`/gbfs/{version}/{file}.json`: the system for whoever reads GBFS."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response

from pedalcast.gbfs.dependencies import GbfsServiceDep
from pedalcast.gbfs.system_files import PREFIX
from pedalcast.kit.errors import responses

router = APIRouter(prefix=PREFIX, tags=["gbfs"])


_EXAMPLE = {"last_updated": "2026-11-20T12:00:07Z", "ttl": 60, "version": "3.0", "data": {"stations": []}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": _EXAMPLE}}},
    304: {},
    **responses(404, 503),
}


@router.get("/{version}/{name}.json", summary="A GBFS file", responses=_RESPONSES)
def read_file(
    request: Request,
    service: GbfsServiceDep,
    version: Annotated[str, Path(examples=["3.0", "2.3"])],
    name: Annotated[str, Path(description="without .json; `gbfs` lists the others", examples=["gbfs"])],
    *,
    if_none_match: Annotated[str | None, Header(include_in_schema=False)] = None,
    accept_encoding: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Discovery (`gbfs`), `gbfs_versions`, `system_information`, `station_information`, `station_status`, and of our
    own `station_forecast` and `forecast_scores`. Carries an ETag; 304 when nothing changed."""
    base = str(request.base_url).rstrip("/")
    return service.file(version, name, base).response(if_none_match, accept_encoding)
