"""`/api/v1/chatbot/…`: kept chats."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.sse import format_sse_event
from redis.exceptions import RedisError
from starlette.responses import StreamingResponse

from pedalcast.chat.dependencies import Asker, ChatStateDep
from pedalcast.chats.answer_stream import AnswerStream
from pedalcast.chats.dependencies import Chats, ChatsDep, ChatterDep
from pedalcast.chats.schemas import (
    AnswerData,
    BookmarkAddedOut,
    BookmarkIn,
    BookmarkOut,
    BookmarksOut,
    ChatDone,
    FeedbackIn,
    MessageAnswerOut,
    MessageIn,
    SessionChangeIn,
    SessionDetail,
    SessionListItem,
    SessionOut,
    SessionsOut,
)
from pedalcast.chats.service import ChatTurn
from pedalcast.kit.errors import UnavailableError, responses

PAGE = 50
STREAM = "text/event-stream"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

router = APIRouter(prefix="/api/v1/chatbot", tags=["kept chats"], responses=responses(401, 403))


@router.post("/chat", response_model=MessageAnswerOut, summary="Ask; question and answer are kept",
             responses=responses(404, 409, 422, 503))  # fmt: skip
async def ask(  # noqa: PLR0917 (FastAPI calls it by name)
    request: Request, chats: ChatsDep, state: ChatStateDep, caller: ChatterDep, asker: Asker, body: MessageIn
) -> MessageAnswerOut | Response:
    """With `Accept: text/event-stream`: `start` (session and message), `token`, `sources`, `done`; or `error`.

    The answer is written to its end though the client goes.
    """
    bot_id = await chats.service.bot_of(caller.user_id, body)
    # Refuses before anything is stored.
    answering = await chats.answering(caller, caller.user_id, bot_id, state, asker, provider=body.provider)
    turn = await chats.service.begin(caller.user_id, body)
    return await answer_turn(request, chats, turn, chats.runner.begin(turn, answering))


async def answer_turn(
    request: Request, chats: Chats, turn: ChatTurn, task: asyncio.Task[object]
) -> MessageAnswerOut | Response:
    """The answer when it is whole, or its events, as the caller accepts. Raises what failed."""
    if STREAM in request.headers.get("accept", ""):
        return StreamingResponse(_events(chats.stream, turn.message_id, "0"), media_type=STREAM, headers=HEADERS)
    await asyncio.wait({task})
    task.result()  # raises what failed
    message = await chats.service.message(turn.user_id, turn.message_id)
    return MessageAnswerOut(
        session_id=turn.session_id,
        message_id=turn.message_id,
        data=AnswerData(response=message.content, sources=message.sources, images=message.details.get("images", [])),
    )


@router.get("/messages/{message_id}/events", summary="Follow an answer, from any event on",
            response_class=Response, responses={200: {"content": {STREAM: {}}}, **responses(404, 503)})  # fmt: skip
async def follow(
    chats: ChatsDep,
    caller: ChatterDep,
    message_id: int,
    last_event_id: Annotated[str, Header(pattern=r"^\d+(-\d+)?$", max_length=40)] = "0",
) -> Response:
    """`Last-Event-ID` names the last event that was seen. An answer that has long ended has no events any more."""
    await chats.service.message(caller.user_id, message_id)
    return StreamingResponse(_events(chats.stream, message_id, last_event_id), media_type=STREAM, headers=HEADERS)


@router.post("/messages/{message_id}/stop", summary="Stop an answer", responses=responses(404, 503))
async def stop(chats: ChatsDep, caller: ChatterDep, message_id: int) -> ChatDone:
    """What was written so far is kept, as partial."""
    await chats.service.message(caller.user_id, message_id)
    try:
        await chats.stream.ask_to_stop(message_id)
    except (RedisError, OSError) as error:
        raise UnavailableError("The answer cannot be stopped now.", "redis_unavailable") from error
    return ChatDone(message="The answer ends.")


@router.post("/messages/{message_id}/regenerate", response_model=MessageAnswerOut, summary="Answer again",
             responses=responses(404, 409, 503))  # fmt: skip
async def regenerate(  # noqa: PLR0917 (FastAPI calls it by name)
    request: Request, chats: ChatsDep, state: ChatStateDep, caller: ChatterDep, asker: Asker, message_id: int
) -> MessageAnswerOut | Response:
    """In the place of the answer there is; the same forms as `chat`."""
    bot_id = await chats.service.bot_of_message(caller.user_id, message_id)
    answering = await chats.answering(caller, caller.user_id, bot_id, state, asker)
    turn = await chats.service.regenerate(caller.user_id, message_id)
    await chats.stream.begin_again(message_id)
    return await answer_turn(request, chats, turn, chats.runner.begin(turn, answering))


@router.post("/messages/{message_id}/feedback", summary="Say how an answer was", responses=responses(404))
async def give_feedback(chats: ChatsDep, caller: ChatterDep, message_id: int, body: FeedbackIn) -> ChatDone:
    """The last word counts."""
    await chats.service.give_feedback(caller.user_id, message_id, body)
    return ChatDone(message="Thank you.")


@router.get("/sessions", summary="My chats, pinned ones first, then the newest")
async def list_sessions(  # noqa: PLR0917 (FastAPI calls it by name)
    request: Request,
    response: Response,
    chats: ChatsDep,
    caller: ChatterDep,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    q: Annotated[str | None, Query(max_length=200, description="words of the title or of a message")] = None,
    bot_id: Annotated[str | None, Query(max_length=64, description="chats with this bot alone")] = None,
) -> SessionsOut:
    """A `Link` header names the next page, if there is one."""
    rows = await chats.service.sessions(caller.user_id, limit + 1, offset, q, bot_id)
    if len(rows) > limit:
        following = request.url.include_query_params(limit=limit, offset=offset + limit)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return SessionsOut(data=[SessionListItem.of(row) for row in rows[:limit]])


@router.get("/sessions/{session_id}", summary="A chat with its messages", responses=responses(404))
async def read_session(chats: ChatsDep, caller: ChatterDep, session_id: int) -> SessionOut:
    """Oldest first."""
    return SessionOut(data=SessionDetail.of(*await chats.service.session(caller.user_id, session_id)))


@router.patch("/sessions/{session_id}", summary="Rename or pin a chat", responses=responses(404))
async def change_session(chats: ChatsDep, caller: ChatterDep, session_id: int, body: SessionChangeIn) -> ChatDone:
    """What is not given stays."""
    await chats.service.change(caller.user_id, session_id, body)
    return ChatDone(message="The chat is changed.")


@router.delete("/sessions/{session_id}/delete", summary="Remove a chat", responses=responses(404))
async def delete_session(chats: ChatsDep, caller: ChatterDep, session_id: int) -> ChatDone:
    """With its messages; bookmarks stay."""
    await chats.service.delete(caller.user_id, session_id)
    return ChatDone(message="The chat is removed.")


@router.get("/bookmarks", summary="My bookmarks")
async def list_bookmarks(chats: ChatsDep, caller: ChatterDep) -> BookmarksOut:
    """The newest first."""
    return BookmarksOut(data=[BookmarkOut.of(row) for row in await chats.service.bookmarks(caller.user_id)])


@router.post("/bookmark", status_code=201, summary="Keep an answer", responses=responses(404))
async def add_bookmark(chats: ChatsDep, caller: ChatterDep, body: BookmarkIn) -> BookmarkAddedOut:
    """A bookmark stays when its message goes."""
    return BookmarkAddedOut(data=BookmarkOut.of(await chats.service.bookmark(caller.user_id, body)))


@router.delete("/bookmark/{bookmark_id}", summary="Remove a bookmark", responses=responses(404))
async def remove_bookmark(chats: ChatsDep, caller: ChatterDep, bookmark_id: int) -> ChatDone:
    """The message stays."""
    await chats.service.remove_bookmark(caller.user_id, bookmark_id)
    return ChatDone(message="The bookmark is removed.")


async def _events(stream: AnswerStream, message_id: int, after: str) -> AsyncGenerator[bytes, None]:
    """The events as bytes; leaving off does not end the answer."""
    try:
        async for event in stream.events(message_id, after):
            if event is None:
                yield format_sse_event(comment="still working")
            else:
                yield format_sse_event(event=event.name, data_str=event.data, id=event.id)
    except (RedisError, OSError):
        yield format_sse_event(event="error", data_str='{"success":false,"error":"redis_unavailable"}')
