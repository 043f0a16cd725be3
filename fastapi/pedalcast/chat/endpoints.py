"""`POST /api/v1/chat`: the stateless contract."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import FileResponse, StreamingResponse

from pedalcast.chat.dependencies import AskedBot, Asker, ChatBody, ChatStateDep, require_server_key
from pedalcast.chat.schemas import ChatProvidersOut, ChatResponse
from pedalcast.kit.errors import CLIENT_GONE, responses

PATH = "/api/v1/chat"

router = APIRouter(tags=["chat"])

_EXAMPLE = 'event: metadata\ndata: {"rag_type":"live","language":"ko"}\n\nevent: token\ndata: {"text":"…"}\n\n'
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer", "content": {"text/event-stream": {"example": _EXAMPLE}}},
    **responses(401, 403, 404, 413, 422, 503),
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ChatRequest"}}},
    }
}


@router.post(
    PATH,
    response_model=ChatResponse,
    responses=_RESPONSES,
    openapi_extra=_BODY,
    dependencies=[Depends(require_server_key)],
    summary="Ask, and get an answer with its sources",
)
async def ask(request: Request, chat: ChatStateDep, body: ChatBody, bot: AskedBot, asker: Asker) -> Response:
    """Answer a question about the service or its stations, in Korean or English.

    With `bot_id` another bot answers, from its documents alone, to those who may ask it; with `provider` that model
    writes it, unless the bot names one.

    Every `[n]` in the answer is one of `sources`, and its sentence was checked against that source. With `Accept:
    text/event-stream` the answer is streamed: `metadata`, `token`, `sources`, then `done` with the whole answer, or
    `error`.
    """
    service = chat.service.chosen(body, bot)  # a chat that is not open says so before a stream begins
    session_id = body.session_id or uuid4().hex
    if "text/event-stream" in request.headers.get("accept", ""):
        events = import_module("pedalcast.chat.sse").stream(service, body, session_id, bot, asker)
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)
    answer = await service.ask(body, session_id, request.is_disconnected, bot, asker)
    if answer is None:
        return Response(status_code=CLIENT_GONE)
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get(f"{PATH}/providers", summary="Which models embed, decide and answer", responses=responses(503))
async def list_models(chat: ChatStateDep) -> ChatProvidersOut:
    """With how each one's last answer ended."""
    return chat.service.providers()


@router.get("/api/v1/help/images/{name}", summary="A picture of the help", response_class=FileResponse,
            responses={200: {"content": {"image/svg+xml": {}, "image/png": {}}}, **responses(404, 503)})  # fmt: skip
async def read_image(chat: ChatStateDep, name: str) -> FileResponse:
    """Those that `images` of an answer name. An SVG file may neither run scripts nor load anything."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    headers = {
        "Cache-Control": "public, max-age=86400",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(chat.service.image(name), headers=headers)
