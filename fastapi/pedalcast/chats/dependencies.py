"""What endpoints ask for: the services of kept chats, and a caller who may chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from pedalcast.accounts.dependencies import CallerDep
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.bots.service import BotService
from pedalcast.chat.chat_state import ChatState
from pedalcast.chats.answer_runner import Answering, AnswerRunner
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
    bots: BotService

    async def answering(
        self,
        caller: Caller | None,
        user_id: str,
        bot_id: str,
        state: ChatState,
        asker: str,
        *,
        provider: str | None = None,
    ) -> Answering:
        """What answers this user as this bot, by `provider` where the question names one; it counts to the member's
        budget, else to `asker`'s.

        Raises `BotNotFoundError` for one that the caller may not ask, `UnavailableError` while the chat is not open,
        and what `chosen_provider` does.
        """
        if caller is not None and not caller.is_guest:
            asker = f"user:{caller.user_id}"
        bot = await self.bots.answering(caller, bot_id)
        return await self.providers.answering(user_id, state, bot, asker, provider)


async def require_chatter(caller: CallerDep) -> Caller:
    """A member, a guest, or a program with the scope `chat`."""
    caller.require_scope("chat")
    return caller


ChatsDep = Annotated[Chats, Depends(state_of("chats", Chats))]
ChatterDep = Annotated[Caller, Depends(require_chatter)]
