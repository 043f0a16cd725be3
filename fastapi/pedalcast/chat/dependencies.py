"""What endpoints ask for: the state of the chat, and the request's body, validated."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

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
    if not secrets.compare_digest(shown.encode(), chat.server_key.encode()):
        raise UnauthorizedError("The server's key is needed.", "server_key_needed")
