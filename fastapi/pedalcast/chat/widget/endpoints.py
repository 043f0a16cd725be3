"""`/widget.js` and `/api/v1/widget…`: a public bot on pages of the origins that its owner lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.responses import FileResponse

from pedalcast.bots.bot_settings import BotSettings
from pedalcast.bots.dependencies import BotsDep
from pedalcast.chat.dependencies import Asker, ChatBody, ChatStateDep, require_server_key
from pedalcast.chat.schemas import ChatResponse
from pedalcast.chat.widget.schemas import WidgetBotOut
from pedalcast.kit.errors import CLIENT_GONE, ForbiddenError, responses

router = APIRouter(tags=["widget"])
_SCRIPT = Path(__file__).parent / "widget.js"
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ChatRequest"}}},
    }
}


async def listed_bot_id(
    bots: BotsDep,
    bot: Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[\w-]+$", description="the bot's id")],
    origin: Annotated[str, Header(description="where the page comes from, as the browser says")] = "",
) -> str:
    """The id of a public bot that lists the page's origin. Raises `BotNotFoundError`, `ForbiddenError`."""
    await bots.service.readable(None, bot)
    if origin not in await bots.service.widget_origins(bot):
        raise ForbiddenError("This page's origin is not listed by the bot.", "origin_not_listed")
    return bot


ListedBotId = Annotated[str, Depends(listed_bot_id)]


@router.get("/widget.js", summary="The script that puts a bot on a page", response_class=FileResponse,
            responses={200: {"content": {"text/javascript": {}}}})  # fmt: skip
async def read_script() -> FileResponse:
    """`<script src="…/widget.js?bot=ID" async></script>`, on a page whose origin the bot lists."""
    headers = {"Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(_SCRIPT, media_type="text/javascript", headers=headers)


# Anybody may write an `Origin` header, and no page can keep a key: where one is asked for, widgets stay closed
# but to sites whose own server shows it.
@router.get("/api/v1/widget", summary="What the widget shows of its bot", responses=responses(401, 403, 404, 422),
            dependencies=[Depends(require_server_key)])  # fmt: skip
async def read_widget_bot(bots: BotsDep, bot_id: ListedBotId) -> WidgetBotOut:
    """Its name and opening questions. Where the server asks for its key, the caller shows it."""
    listed = await bots.service.listed(None, bot_id)
    settings = BotSettings.model_validate(listed.version.settings)
    return WidgetBotOut(name=settings.name, language=settings.language, opening_questions=settings.opening_questions)


@router.post("/api/v1/widget/chat", response_model=ChatResponse, openapi_extra=_BODY, summary="Ask from a widget",
             responses=responses(401, 403, 404, 413, 422, 429, 503),
             dependencies=[Depends(require_server_key)])  # fmt: skip
async def ask_from_widget(  # noqa: PLR0917 (FastAPI calls it by name)
    request: Request, bots: BotsDep, chat: ChatStateDep, bot_id: ListedBotId, body: ChatBody, asker: Asker
) -> Response:
    """As `POST /api/v1/chat`, for the bot of the query alone; nothing is kept, each address asks less often."""
    bot = await bots.service.answering(None, bot_id)
    service = chat.service.by_provider(bot.provider)
    answer = await service.ask(body, body.session_id or uuid4().hex, request.is_disconnected, bot, asker)
    if answer is None:
        return Response(status_code=CLIENT_GONE)
    return Response(answer.model_dump_json(), media_type="application/json")
