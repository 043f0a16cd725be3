"""What endpoints ask for: the services of kept chats, and a caller who may chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from pedalcast.accounts.dependencies import CallerDep
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.chats.answer_runner import AnswerRunner
from pedalcast.chats.answer_stream import AnswerStream
from pedalcast.chats.providers.answer_providers import AnswerProviders
from pedalcast.chats.service import KeptChatService
from pedalcast.kit.dependencies import state_of


@dataclass(frozen=True, slots=True)
class Chats:
    """The services of kept chats."""

    service: KeptChatService
    runner: AnswerRunner
    stream: AnswerStream
    providers: AnswerProviders


async def require_chatter(caller: CallerDep) -> Caller:
    """A member, a guest, or a program with the scope `chat`."""
    caller.require_scope("chat")
    return caller


ChatsDep = Annotated[Chats, Depends(state_of("chats", Chats))]
ChatterDep = Annotated[Caller, Depends(require_chatter)]
