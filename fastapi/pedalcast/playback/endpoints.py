"""`/api/v1/realtime/playback`: all stations over the last hours."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from pedalcast.kit.errors import responses
from pedalcast.kit.web.cached_response import accepts, matches
from pedalcast.kit.web.conditional_headers import AcceptEncoding, IfNoneMatch
from pedalcast.playback.dependencies import PlaybackServiceDep
from pedalcast.playback.schemas import Playback, PlaybackSelection

router = APIRouter(prefix="/api/v1/realtime/playback", tags=["stations"])


@router.get("", response_model=Playback, summary="The last hours", responses={304: {}, **responses(422, 503)})
async def read_playback(
    playback: PlaybackServiceDep,
    selection: Annotated[PlaybackSelection, Query()],
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Response:
    """Every station at every poll of the last hours, in columns by hour; carries an ETag, 304 until the next poll.

    `forecast` adds what had been forecast for each poll so many minutes before. A finished hour never changes.
    """
    hours, forecast = selection.hours, selection.forecast
    body = playback.ready(hours, forecast)
    if body is None:
        body = await playback.work.run(lambda: playback.body(hours, forecast))
    tag = f'W/"{body.etag}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if if_none_match is not None and matches(if_none_match.encode("latin-1"), tag.encode()):
        return Response(status_code=304, headers=headers)
    if accept_encoding is not None and accepts(accept_encoding.encode("latin-1"), b"gzip"):
        return Response(body.gzip, headers={**headers, "Content-Encoding": "gzip"}, media_type="application/json")
    return Response(body.plain, headers=headers, media_type="application/json")
