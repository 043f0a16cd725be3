"""`GET /api/v1/chatbot/sessions/{id}/export`: a chat to keep elsewhere."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from pedalcast.chats.dependencies import ChatsDep, ChatterDep
from pedalcast.chats.export.chat_file import chat_as_json, chat_as_markdown
from pedalcast.chats.schemas import SessionDetail
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/chatbot", tags=["kept chats"], responses=responses(401, 403))
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/markdown": {}, "application/json": {"schema": {"$ref": "#/components/schemas/SessionDetail"}}}
    },
    **responses(404),
}


@router.get("/sessions/{session_id}/export", summary="A chat as a file", response_class=Response, responses=_RESPONSES)
async def export_session(
    chats: ChatsDep,
    caller: ChatterDep,
    session_id: int,
    form: Annotated[Literal["markdown", "json"], Query(alias="format")] = "markdown",
) -> Response:
    """As Markdown, with the sources below each answer, or as JSON."""
    session, messages = await chats.service.session(caller.user_id, session_id)
    if form == "json":
        content, kind, ending = chat_as_json(SessionDetail.of(session, messages)), "application/json", "json"
    else:
        content, kind, ending = chat_as_markdown(session.title, messages), "text/markdown; charset=utf-8", "md"
    headers = {"Content-Disposition": f'attachment; filename="chat-{session_id}.{ending}"'}
    return Response(content, media_type=kind, headers=headers)
