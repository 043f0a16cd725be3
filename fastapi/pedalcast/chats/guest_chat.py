"""`POST /api/v1/triple/chat`: a question of a single-page client's guest, kept like any other."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from pedalcast.accounts.dependencies import AccountsDep, OptionalCallerDep
from pedalcast.accounts.errors import SessionExpiredError
from pedalcast.accounts.guests.schemas import UserId
from pedalcast.bots.built_in_guide import GUIDE_ID
from pedalcast.chat.dependencies import Asker, ChatStateDep
from pedalcast.chats.dependencies import ChatsDep
from pedalcast.chats.endpoints import answer_turn
from pedalcast.chats.schemas import MessageIn, Text
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/triple", tags=["guests"])


class GuestQuestionIn(BaseModel):
    """Who asks, by `user_id` or by the bearer token, and what."""

    model_config = ConfigDict(json_schema_extra={"example": {"user_id": "5f0c6a4e8d3b4c0f", "question": "환불은요?"}})

    question: Text
    user_id: UserId | None = None


class GuestAnswerOut(BaseModel):
    """An answer. `chat_id` is the kept chat it went to."""

    response: str
    chat_id: int
    images: list[dict[str, Any]] = Field(default_factory=list)


@router.post("/chat", response_model=GuestAnswerOut, summary="Ask as a guest",
             responses=responses(401, 403, 409, 503))  # fmt: skip
async def ask_as_guest(  # noqa: PLR0917 (FastAPI calls it by name)
    request: Request,
    accounts: AccountsDep,
    chats: ChatsDep,
    state: ChatStateDep,
    caller: OptionalCallerDep,
    asker: Asker,
    body: GuestQuestionIn,
) -> GuestAnswerOut | Response:
    """With the token the newest chat goes on; `user_id` alone begins a new one each time and reads nothing kept."""
    session_id = None
    if caller is not None:
        caller.require_scope("chat")
        user_id = caller.user_id
        newest = await chats.service.sessions(user_id, 1, 0, bot_id=GUIDE_ID)
        session_id = newest[0].session.id if newest else None
    elif body.user_id is not None:
        user_id = (await accounts.guests.touch(body.user_id)).id
    else:
        raise SessionExpiredError
    answering = await chats.answering(caller, user_id, GUIDE_ID, state, asker)
    turn = await chats.service.begin(user_id, MessageIn(message=body.question, session_id=session_id, bot_id=GUIDE_ID))
    answer = await answer_turn(request, chats, turn, chats.runner.begin(turn, answering))
    if isinstance(answer, Response):
        return answer
    return GuestAnswerOut(response=answer.data.response, chat_id=answer.session_id, images=answer.data.images)
