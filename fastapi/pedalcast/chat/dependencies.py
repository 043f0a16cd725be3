"""What endpoints ask for: the state of the chat, and the request's body, validated."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from pedalcast.accounts.dependencies import AccountsDep
from pedalcast.accounts.errors import AccessTokenError
from pedalcast.accounts.rate_limits.client_address import address_block, client_address
from pedalcast.bots.answering_bot import GUIDE, AnsweringBot
from pedalcast.bots.built_in_guide import GUIDE_ID
from pedalcast.bots.dependencies import BotsDep
from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.schemas import ChatRequest
from pedalcast.kit.dependencies import state_of
from pedalcast.kit.errors import UnauthorizedError


async def read_request(request: Request) -> ChatRequest:
    """The validated body. Raises `RequestValidationError` for what is none."""
    try:
        return ChatRequest.model_validate_json(await request.body())
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_input=False)]
        raise RequestValidationError(faults) from None


ChatStateDep = Annotated[ChatState, Depends(state_of("chat", ChatState))]
ChatBody = Annotated[ChatRequest, Depends(read_request)]


async def asked_bot(
    request: Request, accounts: AccountsDep, bots: BotsDep, chat: ChatStateDep, body: ChatBody
) -> AnsweringBot:
    """The bot that is asked. Raises `BotNotFoundError` for one that the bearer of the token may not ask.

    Whoever asks the guide needs no token, and a bearer of `RAG_SERVER_KEY` asks like anybody without one.
    """
    if body.bot_id in (None, GUIDE_ID):
        return GUIDE
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    caller = None
    if kind.lower() == "bearer" and token and not _is_key(token, chat.server_key):
        caller = await accounts.identify(token)
        caller.require_scope("chat")
    return await bots.service.answering(caller, body.bot_id)


AskedBot = Annotated[AnsweringBot, Depends(asked_bot)]


async def asker_of(request: Request, accounts: AccountsDep) -> str:
    """Whose budget an answer counts to: the member who signed in, else the address.

    Guests count by their address, too: anybody may become another one with every question.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        with suppress(AccessTokenError):
            claims = accounts.sessions.claims(token)
            if claims.kind != "guest":
                return f"user:{claims.user_id}"
    return f"address:{address_block(client_address(request.scope, request.app.state.trusted_proxies))}"


Asker = Annotated[str, Depends(asker_of)]


def _is_key(shown: str, key: str | None) -> bool:
    return key is not None and secrets.compare_digest(shown.encode(), key.encode())


async def require_server_key(
    chat: ChatStateDep,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
    x_api_key: Annotated[str | None, Header(description="the server's key, where it asks for one")] = None,
) -> None:
    """Where `RAG_SERVER_KEY` is set, the caller shows it: as bearer token or in `X-API-Key`. 401 otherwise."""
    if chat.server_key is None:
        return
    kind, _, bearer = (authorization or "").partition(" ")
    shown = x_api_key or (bearer if kind.lower() == "bearer" else "")
    if not _is_key(shown, chat.server_key):
        raise UnauthorizedError("The server's key is needed.", "server_key_needed")
